"""`bpgrade submit`: a student's own computer, a browser beside it, and a server."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import time
import urllib.request
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import keyring
import keyring.backends.null
import pytest
from command import run_command
from laptops import CODE, Laptop, member, until
from serving import RIGHT, Served, Visitor, first_instructor, posted, served
from standing_in import standing_in

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
WRONG = RIGHT.replace("/ len(numbers)\ndef", "\ndef")
LOOP = "def mean(numbers):\n    while True: pass\ndef spread(numbers):\n    return 0.0\n"
LATE = "deadline = 2020-01-01T00:00:00\nserver.attempts = 2\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("submit")
    for name in ("course", "late"):
        assert run_command("author", "new", folder / name).returncode == 0
    toml = folder / "late" / "exercises" / "course.toml"
    before, heading, after = toml.read_text("utf-8").partition("[exercises.exercise1]\n")
    assert heading
    toml.write_text(f"{before}{heading}{LATE}{after}", encoding="utf-8")
    options = ("--course", str(folder / "late"))
    with served(folder / "course", folder / "data", *options) as running:
        yield running


@pytest.fixture(scope="module")
def instructor(site: Served) -> Visitor:
    return first_instructor(site)


@pytest.fixture(scope="module")
def ada(site: Served, instructor: Visitor, tmp_path_factory: pytest.TempPathFactory) -> Laptop:
    """Return a computer that may hand in for Ada: she has just typed its code."""
    laptop = Laptop(tmp_path_factory.mktemp("ada"), member(instructor, "ada", "course"))
    laptop.write(WRONG)
    process = laptop.begin("exercise1.py", "--server", site.address.removeprefix("http://"))
    code = until(process, CODE)[1]
    page = laptop.person.post("/device/", code=code.lower().replace("-", " "))
    assert os.uname().nodename in page.text
    assert code in page.text
    assert "goes on by itself" in laptop.person.post("/device/", code=code, answer="allow").text
    told = process.communicate(timeout=120)
    assert process.returncode == 1, told
    assert "mean: failed" in told[0]
    assert "handed in as attempt 1: http://" in told[1]
    return laptop


def test_a_file_is_handed_in_from_an_own_editor(site: Served, ada: Laptop):
    ada.write(RIGHT, "deeper/exercise1 (2).py")
    done = ada.submit("deeper/exercise1 (2).py")  # where to is remembered by the folder above
    assert (done.returncode, done.stderr.count("\n")) == (0, 1), done.stderr
    assert "Score: 10 / 10, everything is right" in done.stdout
    [page] = re.findall(r"http://\S+", done.stderr)
    assert "10 / 10" in ada.person.get(page).text
    done = ada.submit("deeper/exercise1 (2).py", "--json", "--exercise", "exercise1")
    result = json.loads(done.stdout)
    assert (result["status"], result["score"]) == ("graded", 10.0)
    assert done.stdout.count("\n") == 1
    files = ada.kept()
    assert files
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.parent.stat().st_mode & 0o777 for path in files} == {0o700}


def test_what_a_file_imports_of_its_folder_goes_with_it(site: Served, ada: Laptop):
    code = RIGHT.replace("import math", "import math\nfrom parts.sums import total")
    ada.write(code.replace("math.fsum(numbers)", "total(numbers)"), "helped/exercise1.py")
    ada.write("import math\ntotal = math.fsum\n", "helped/parts/sums.py")
    ada.write("# by nobody asked for\n", "helped/notes.py")
    done = ada.submit("helped/exercise1.py", "--server", site.address)
    assert done.returncode == 0, done.stderr + done.stdout
    [page] = re.findall(r"http://\S+", done.stderr)
    assert "Handed in with it: parts/sums.py<" in ada.person.get(page).text


def test_a_module_that_is_named_with_the_file_that_imports_it_is_no_mistake(
    site: Served, ada: Laptop
):
    code = RIGHT.replace("import math", "import math\nfrom helpers import total")
    ada.write(code.replace("math.fsum(numbers)", "total(numbers)"), "all/exercise1.py")
    ada.write("import math\ntotal = math.fsum\n", "all/helpers.py")
    done = ada.submit("all/helpers.py", "all/exercise1.py")  # as *.py has them, or not
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == [
        "all/helpers.py: handed in with exercise1.py",
        "all/exercise1.py: 10 / 10",
    ]
    assert "which exercise" not in done.stderr
    ada.write("x = 1\n", "all/notes.py")
    done = ada.submit("all/exercise1.py", "all/helpers.py", "all/notes.py")
    assert done.returncode == 2
    assert "the name notes.py does not say which exercise it is" in done.stderr
    assert done.stderr.count("which exercise") == 1
    assert done.stdout.splitlines()[-1] == "all/notes.py: not handed in"


def test_several_files_are_handed_in_at_once(site: Served, ada: Laptop):
    ada.write(RIGHT, "many/exercise1.py")
    ada.write(WRONG, "many/exercise1 (2).py")
    ada.write(RIGHT, "many/homework.py")
    files = ["exercise1.py", "nothing.py", "exercise1 (2).py", "homework.py"]
    words = [f"many/{name}" for name in files]
    done = ada.submit(*words, "--server", site.address)
    assert done.returncode == 2
    assert re.findall(r"(\S+(?: \(2\).py)?) is handed in, attempt", done.stderr) == [
        "exercise1.py",
        "exercise1 (2).py",
    ]
    assert "the name homework.py does not say which exercise it is" in done.stderr
    outcomes = done.stdout.splitlines()[-4:]
    assert outcomes[::2] == ["many/exercise1.py: 10 / 10", outcomes[2]]
    assert re.fullmatch(r"many/exercise1 \(2\)\.py: [\d.]+ / 10", outcomes[2])
    assert outcomes[1::2] == ["many/nothing.py: not handed in", "many/homework.py: not handed in"]

    done = ada.submit(*words[::2], "--json", "--server", site.address)
    assert done.returncode == 1
    names = [json.loads(line)["submission"]["name"] for line in done.stdout.splitlines()]
    assert names == ["exercise1.py", "exercise1 (2).py"]

    done = ada.submit(*words[::2], "--server", "http://127.0.0.1:1")
    assert (done.returncode, done.stderr.count("cannot be reached")) == (3, 1)
    assert done.stdout.splitlines() == [f"{word}: not handed in" for word in words[::2]]


def test_a_file_that_is_refused_leaves_the_others_alone(
    site: Served, instructor: Visitor, tmp_path: Path
):
    laptop = Laptop(tmp_path, member(instructor, "kurt", "late"))
    names = [laptop.write(RIGHT, f"exercise1 ({number}).py").name for number in range(3)]
    process = laptop.begin(*names, "--server", site.address)
    code = until(process, CODE)[1]
    laptop.person.post("/device/", code=code, answer="allow")
    printed, told = process.communicate(timeout=120)
    assert process.returncode == 3
    assert (
        "exercise1 (2).py: you have no attempts left for this exercise: the file was not handed in"
        in told
    )
    assert "exercise1 (0).py: Handed in 2" in told
    assert printed.splitlines()[-1] == "exercise1 (2).py: not handed in"
    assert printed.count(": 10 / 10\n") == 2


def test_what_holds_no_code_is_told_before_it_counts(site: Served, ada: Laptop):
    ada.write("# later\n", "blank/exercise1.py")
    ada.write("{\\rtf1}", "blank/exercise1 (1).py")
    done = ada.submit("blank/exercise1.py", "blank/exercise1 (1).py")
    assert done.returncode == 3
    assert "exercise1.py: the file holds no code: it was not handed in" in done.stderr
    assert "exercise1 (1).py is a rich text document (RTF)" in done.stderr
    assert done.stderr.count("no attempt was used up") == 1
    assert done.stdout.count(": not handed in\n") == 2


def test_a_computer_is_listed_and_ended_by_its_person(
    site: Served, instructor: Visitor, tmp_path: Path
):
    laptop = Laptop(tmp_path, member(instructor, "grace", "course", "late"))
    laptop.write(RIGHT)
    process = laptop.begin("exercise1.py", "--server", site.address)
    code = until(process, CODE)[1]
    wrong = laptop.person.post("/device/", code="BCDF-BCDF")
    assert (wrong.status, "No computer is showing this code" in wrong.text) == (400, True)
    assert "Let this computer" in laptop.person.post("/device/", code=code).text
    assert "was refused" in laptop.person.post("/device/", code=code, answer="refuse").text
    assert "refused in the browser" in process.communicate(timeout=60)[1]
    assert process.returncode == 3

    process = laptop.begin("exercise1.py", "--server", site.address)
    code = until(process, CODE)[1]
    laptop.person.post("/device/", code=code, answer="allow")
    told = process.communicate(timeout=60)[1]  # which of her courses?
    assert process.returncode == 2
    assert "name one once with --course: course, late" in told
    assert laptop.submit("exercise1.py", "--course", "curse").returncode == 2
    done = laptop.submit("exercise1.py", "--course", "late")
    assert done.returncode == 0, done.stderr
    assert "bpgrade: Handed in 2" in done.stderr
    assert laptop.submit("exercise1.py").returncode == 0  # the course is remembered, too
    done = laptop.submit("exercise1.py")
    assert done.returncode == 3
    assert "you have no attempts left for this exercise: the file was not handed in" in done.stderr

    page = laptop.person.get("/device/").text
    [number] = re.findall(r'name="end" value="(\d+)"', page)
    laptop.person.post("/device/", end=number)
    process = laptop.begin("exercise1.py", stopped=True)
    assert until(process, "is not, or no longer, allowed to hand in for you")
    assert until(process, CODE)  # and asks again
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_a_code_is_guessed_by_nobody_and_good_once(site: Served, instructor: Visitor):
    mallory = member(instructor, "mallory", "course")
    codes = posted(site.address, "device/", computer="x")
    assert posted(site.address, "token/", **_GRANT, device_code="x")["error"] == "expired_token"
    assert posted(site.address, "token/", device_code="x")["error"] == "unsupported_grant_type"
    asked = {"device_code": codes["device_code"], **_GRANT}
    assert posted(site.address, "token/", **asked)["error"] == "authorization_pending"
    assert posted(site.address, "token/", **asked)["error"] == "slow_down"
    assert "may hand in" in mallory.post("/device/", code=codes["user_code"], answer="allow").text
    time.sleep(codes["interval"])
    assert posted(site.address, "token/", **asked)["token_type"] == "Bearer"
    assert posted(site.address, "token/", **asked)["error"] == "expired_token"
    assert mallory.post("/device/", code=codes["user_code"], answer="allow").status == 400
    for _ in range(9):
        answer = mallory.post("/device/", code="BCDF-BCDF")
    assert answer.status == 429


_GRANT = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}


def test_a_server_that_starts_again_is_waited_for(site: Served, ada: Laptop):
    ada.write(LOOP)
    process = ada.begin("exercise1.py")
    page = until(process, r"handed in as attempt \d+: (\S+)")[1]
    os.kill(site.children()["web"], signal.SIGKILL)
    told = process.communicate(timeout=120)
    assert process.returncode == 1, told
    assert "mean took longer than 3 s" in told[0]
    process = ada.begin("exercise1.py", stopped=True)
    later = until(process, r"handed in as attempt \d+: (\S+)")[1]
    assert later != page
    process.send_signal(signal.SIGINT)  # whoever stops it is told once more
    assert later in process.communicate(timeout=60)[1]
    assert process.returncode == 130


def token_for(ada: Laptop, address: str) -> None:
    """Let the computer have its token for another address, too."""
    from grader.handing_in import records

    found = [json.loads(path.read_text("utf-8")) for path in ada.kept()]
    [token] = [one["token"] for one in found if one["key"] == ada.person.address and "token" in one]
    before = os.environ.get("XDG_CONFIG_HOME")
    os.environ["XDG_CONFIG_HOME"] = ada.variables["XDG_CONFIG_HOME"]
    try:
        records.write("tokens", address, token=token)
    finally:
        del os.environ["XDG_CONFIG_HOME"]
        if before is not None:
            os.environ["XDG_CONFIG_HOME"] = before


def test_an_answer_that_is_lost_hands_nothing_in_twice(site: Served, ada: Laptop):
    lost = []

    def passed_on(request: BaseHTTPRequestHandler, body: bytes) -> Any:
        headers = {
            name: value
            for name, value in request.headers.items()
            if name in ("Authorization", "Content-Type", "Idempotency-Key")
        }
        asked = urllib.request.Request(
            site.address + request.path, body or None, headers, method=request.command
        )
        with urllib.request.urlopen(asked, timeout=60) as answer:
            content = answer.read()
        if "Idempotency-Key" in headers:
            lost.append(headers["Idempotency-Key"])
            if len(lost) < 3:
                return None
        return answer.status, {"Content-Type": "application/json"}, content

    ada.write(RIGHT)
    before = ada.person.get("/c/course/e/exercise1/").text.count("/attempt/")
    with standing_in(passed_on) as address:
        token_for(ada, address)
        done = ada.submit("exercise1.py", "--server", address)
    ada.submit("exercise1.py", "--server", site.address)
    assert done.returncode == 0, done.stderr
    assert len(lost) == 3
    assert len(set(lost)) == 1
    after = ada.person.get("/c/course/e/exercise1/").text.count("/attempt/")
    assert after == before + 2


def test_what_fails_is_told_in_a_line(ada: Laptop, tmp_path: Path):
    other = Laptop(tmp_path / "other", ada.person)
    other.write(RIGHT)
    for words, code, told in (
        ([], 2, "no server to hand in to is named"),
        (["--server", "http://127.0.0.1:1"], 3, "cannot be reached: Connection refused"),
        (["--server", "https://nowhere.invalid"], 3, "cannot be reached: "),
    ):
        done = other.submit("exercise1.py", *words)
        assert (done.returncode, done.stderr.count("\n")) == (code, 2), done.stderr
        assert told in done.stderr
    assert other.submit("nothing.py").returncode == 2
    assert other.kept() == []


def test_a_withheld_result_is_not_shown(site: Served, instructor: Visitor, ada: Laptop):
    decision = {"student": "ada", "exercise": "exercise1", "reason": "to be talked about"}
    page = "/c/course/desk/decisions/"
    assert instructor.post(page, **decision, kind="withheld").status == 200
    ada.write(RIGHT)
    done = ada.submit("exercise1.py", "--server", site.address)
    assert (done.returncode, done.stdout) == (1, "")
    assert "exercise1.py was handed in; its result is not shown yet" in done.stderr
    [number] = re.findall(r'name="number" value="(\d+)"', instructor.get(page).text)
    instructor.post(page, kind="undo", number=number)
    assert ada.submit("exercise1.py").returncode == 0


def test_a_notebook_hands_in_the_cells_that_were_run(
    site: Served, ada: Laptop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    shells = pytest.importorskip("IPython.core.interactiveshell")
    monkeypatch.setenv("XDG_CONFIG_HOME", ada.variables["XDG_CONFIG_HOME"])
    monkeypatch.setenv("BPGRADE_LANG", "en")
    monkeypatch.chdir(ada.folder)
    before = keyring.get_keyring()
    keyring.set_keyring(keyring.backends.null.Keyring())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shell = shells.InteractiveShell.instance()
        shell.history_manager.enabled = False
    try:
        shell.run_cell("%load_ext grader\nx = 1", store_history=True)
        shell.run_cell(RIGHT, store_history=True)
        magic = f"%bpgrade submit exercise1 --server {site.address}"
        report = shell.run_cell(magic, store_history=True).result
        wrong = shell.run_cell("%bpgrade submit exercise9", store_history=True).error_in_exec
    finally:
        shells.InteractiveShell.clear_instance()
        keyring.set_keyring(before)
    assert "10 / 10" in repr(report)
    assert report.result.submission.name == "exercise1.ipynb"
    [page] = re.findall(r"handed in as attempt \d+: (http://\S+)", capsys.readouterr().err)
    cells = json.loads(ada.person.get(f"{page}file/").text)["cells"]
    assert [cell["source"].strip() for cell in cells] == ["%load_ext grader\nx = 1", RIGHT.strip()]
    assert str(wrong).startswith("The course course has no exercise exercise9.")
