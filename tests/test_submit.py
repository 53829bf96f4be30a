"""`bpgrade submit`: a student's own computer, a browser beside it, and a server."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from command import run_command
from serving import PASSWORD, RIGHT, Served, Visitor, first_instructor, served

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
WRONG = RIGHT.replace("/ len(numbers)\ndef", "\ndef")
LOOP = "def mean(numbers):\n    while True: pass\ndef spread(numbers):\n    return 0.0\n"
LATE = "deadline = 2020-01-01T00:00:00\nserver.attempts = 2\n"
CODE = re.compile(r"type this code: (\S+)")


@dataclass
class Laptop:
    """A student's computer: a folder with work, what is remembered, and who sits before it."""

    folder: Path
    person: Visitor
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        kept = self.folder / "kept"
        self.variables = {
            **os.environ,
            "XDG_CONFIG_HOME": str(kept),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
            "BPGRADE_LANG": "en",
        }

    def write(self, code: str, name: str = "exercise1.py") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
        return path

    def begin(self, *words: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "grader", "submit", *map(str, words)],
            cwd=self.folder,
            env=self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def submit(self, *words: object) -> subprocess.CompletedProcess[str]:
        return run_command("submit", *words, folder=self.folder, variables=self.variables)

    def kept(self) -> list[Path]:
        return [path for path in (self.folder / "kept").rglob("*") if path.is_file()]


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


def member(instructor: Visitor, name: str, *courses: str) -> Visitor:
    """Return somebody whom the instructor has added to courses, logged in."""
    links = []
    for course in courses:
        roster = ("roster", "people.csv", f"id,name\n{name},{name} N.\n")
        added = instructor.upload(f"/c/{course}/desk/people/", roster, role="student")
        links += re.findall(r"/link/[^<]+/", added.text)
    visitor = Visitor(instructor.address)
    assert visitor.post(links[-1], password=PASSWORD).status == 200
    return visitor


def until(process: subprocess.Popen[str], wanted: str | re.Pattern[str]) -> re.Match[str]:
    """Read what a command tells until it has told this."""
    assert process.stderr is not None
    told = ""
    while line := process.stderr.readline():
        told += line
        if found := re.search(wanted, line):
            return found
    raise AssertionError(f"it never said {wanted}: {told}")


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
    assert "it is handed in, attempt 1: http://" in told[1]
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


def test_a_computer_is_listed_and_ended_by_its_person(
    site: Served, instructor: Visitor, tmp_path: Path
):
    laptop = Laptop(tmp_path, member(instructor, "grace", "course", "late"))
    laptop.write(RIGHT)
    process = laptop.begin("exercise1.py", "--server", site.address)
    code = until(process, CODE)[1]
    wrong = laptop.person.post("/device/", code="BCDF-BCDF")
    assert (wrong.status, "No computer shows this code" in wrong.text) == (400, True)
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
    assert "no attempt is left for this exercise: it was not handed in" in done.stderr

    page = laptop.person.get("/device/").text
    [number] = re.findall(r'name="end" value="(\d+)"', page)
    laptop.person.post("/device/", end=number)
    process = laptop.begin("exercise1.py")
    assert until(process, "may not hand in for you, or no longer")
    assert until(process, CODE)  # and asks again
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130


def test_a_code_is_guessed_by_nobody_and_good_once(site: Served, instructor: Visitor):
    mallory = member(instructor, "mallory", "course")
    codes = posted(site, "device/", computer="x")
    assert posted(site, "token/", **_GRANT, device_code="x")["error"] == "expired_token"
    assert posted(site, "token/", device_code="x")["error"] == "unsupported_grant_type"
    asked = {"device_code": codes["device_code"], **_GRANT}
    assert posted(site, "token/", **asked)["error"] == "authorization_pending"
    assert posted(site, "token/", **asked)["error"] == "slow_down"
    assert "may hand in" in mallory.post("/device/", code=codes["user_code"], answer="allow").text
    time.sleep(codes["interval"])
    assert posted(site, "token/", **asked)["token_type"] == "Bearer"
    assert posted(site, "token/", **asked)["error"] == "expired_token"
    assert mallory.post("/device/", code=codes["user_code"], answer="allow").status == 400
    for _ in range(9):
        answer = mallory.post("/device/", code="BCDF-BCDF")
    assert answer.status == 429


_GRANT = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code"}


def posted(site: Served, path: str, **fields: str) -> dict[str, Any]:
    data = urllib.parse.urlencode(fields).encode()
    request = urllib.request.Request(f"{site.address}/api/1/{path}", data)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return json.load(error)


def test_a_server_that_starts_again_is_waited_for(site: Served, ada: Laptop):
    ada.write(LOOP)
    process = ada.begin("exercise1.py")
    page = until(process, r"handed in, attempt \d+: (\S+)")[1]
    os.kill(site.children()["web"], signal.SIGKILL)
    told = process.communicate(timeout=120)
    assert process.returncode == 1, told
    assert "mean took longer than 3 s" in told[0]
    process = ada.begin("exercise1.py")
    later = until(process, r"handed in, attempt \d+: (\S+)")[1]
    assert later != page
    process.send_signal(signal.SIGINT)  # whoever stops it is told once more
    assert later in process.communicate(timeout=60)[1]
    assert process.returncode == 130


@contextlib.contextmanager
def standing_in(answer: Any) -> Iterator[str]:
    """Run a server that answers every request by this function; give its address."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            found = answer(self, body)
            if found is None:  # the connection breaks
                return
            status, headers, content = found
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = handle_any

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


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


JSON = {"Content-Type": "application/json"}
FAILURES = [
    (200, {}, b"<h1>Welcome</h1>", "there is no bpgrade server at http://127"),
    (200, JSON, b'{"courses": 3}', "there is no bpgrade server at http://127"),
    (302, {"Location": "https://example.org/"}, b"", "leads to https://example.org/"),
    (404, {}, b"nothing", "there is no bpgrade server at http://127"),
    (413, {}, b"<html>", "the file is too large for the server"),
    (429, JSON, b'{"error": "rate"}', "that was too often in a short time"),
    (500, JSON, b'{"error": "broken"}', "has failed"),
    (502, {}, b"<html>", "has failed"),
    (503, JSON, b'{"error": "course", "error_description": "no \\u001b"}', "at the moment: no  "),
    (507, JSON, b'{"error": "full"}', "the server's disk is full"),
    (418, JSON, b'{"error": "teapot\\u001b"}', "the server has refused it: teapot"),
]


@pytest.mark.parametrize(("status", "headers", "content", "told"), FAILURES)
def test_what_fails_is_told_in_a_line(
    status: int, headers: dict[str, str], content: bytes, told: str, ada: Laptop, tmp_path: Path
):
    with standing_in(lambda _request, _body: (status, headers, content)) as address:
        token_for(ada, address)
        done = ada.submit("exercise1.py", "--server", address)
    assert done.returncode == 3
    assert done.stderr.startswith("bpgrade: ")
    assert told in done.stderr
    assert "\x1b" not in done.stderr
    assert done.stderr.count("\n") == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ([], 2, "it is not known which server to hand in to"),
        (["--server", "http://127.0.0.1:1"], 3, "cannot be reached: Connection refused"),
        (["--server", "http://grade.example.org"], 2, "is not encrypted: others could hand in"),
        (["--server", "ftp://x"], 2, "is not the address of a server"),
        (["--server", "https://x:y/"], 2, "is not the address of a server"),
        (["--server", "https://nowhere.invalid"], 3, "cannot be reached: "),
    ],
)
def test_an_address_that_leads_nowhere_is_told_in_a_line(
    words: list[str], code: int, told: str, ada: Laptop, tmp_path: Path
):
    other = Laptop(tmp_path / "other", ada.person)
    other.write(RIGHT)
    done = other.submit("exercise1.py", *words)
    assert (done.returncode, done.stderr.count("\n")) == (code, 2), done.stderr
    assert told in done.stderr
    assert other.submit("nothing.py").returncode == 2
