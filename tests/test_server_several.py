"""Several files through the front door: modules beside a submission, several exercises at once."""

from __future__ import annotations

import contextlib
import io
import json
import re
import secrets
import sqlite3
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import run_command
from serving import PASSWORD, RIGHT, Served, ServerResponse, Visitor, first_instructor, served
from waiting import wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="strict isolation is Linux's")
PEOPLE = "/c/course/desk/people/"
TASK = "/c/course/e/exercise1/"
HELPED = RIGHT.replace("import math", "import math\nfrom helpers import total").replace(
    "math.fsum(numbers)", "total(numbers)"
)
HELPERS = "from deeper import add\ndef total(numbers):\n    return add(numbers)\n"
DEEPER = "import math\ndef add(numbers):\n    return math.fsum(numbers)\n"
WRONG = "def add(numbers):\n    return 0.0\n"
MODULES = [("helpers.py", HELPERS), ("deeper.py", DEEPER)]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("several")
    course = folder / "course"
    assert run_command("author", "new", course).returncode == 0
    for file in list(course.glob("*/*exercise1.*")):
        copy = file.parent / file.name.replace("exercise1", "exercise2")
        copy.write_bytes(file.read_bytes())
    toml = course / "exercises" / "course.toml"
    before, heading, table = toml.read_text("utf-8").partition("[exercises.exercise1]\n")
    limited = (
        f"[exercises.exercise2]\nserver.attempts = 1\n{table.replace('exercise1', 'exercise2')}"
    )
    toml.write_text(f"{before}{heading}{table}\n{limited}", encoding="utf-8")
    with served(course, folder / "data") as running:
        yield running


@pytest.fixture(scope="module")
def instructor(site: Served) -> Visitor:
    return first_instructor(site)


def member(instructor: Visitor, name: str) -> Visitor:
    roster = ("roster", "people.csv", f"id,name\n{name},{name} N.\n")
    added = instructor.upload(PEOPLE, roster, role="student")
    [link] = re.findall(r"/link/[^<]+/", added.text)
    visitor = Visitor(instructor.address)
    assert visitor.post(link, password=PASSWORD).status == 200
    return visitor


def choose(visitor: Visitor, *files: tuple[str, str]) -> ServerResponse:
    """Choose files on the page of exercise1, and hand them in."""
    chosen = [("file", name, content) for name, content in files]
    return visitor.upload_several(TASK + "submit/", chosen, page=TASK, what="file")


def graded(visitor: Visitor, address: str) -> str:
    """Return the page at an address once all on it are graded."""
    path, _, query = address.removeprefix(visitor.address).partition("?")
    state = f"{path}state/?{query}"
    wait_for(lambda: '"ended": true' in visitor.get(state).text, "it is graded")
    return visitor.get(address).text


def zipped(visitor: Visitor, path: str) -> dict[str, str]:
    """Return the files of a zip that a page gives."""
    request = urllib.request.Request(visitor.address + path, headers={"Cookie": visitor.cookies()})
    with urllib.request.urlopen(request, timeout=60) as answer:
        data = answer.read()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_what_a_file_imports_is_handed_in_with_it(site: Served, instructor: Visitor):
    ada = member(instructor, "ada")
    first = choose(ada, ("exercise1.py", HELPED), *MODULES)
    assert "/attempt/" in first.address, first.text
    page = graded(ada, first.address)
    assert 'score">10 / 10' in page
    assert "Handed in with it: helpers.py, deeper.py" in page

    attempt = first.address.removeprefix(ada.address)
    files = zipped(ada, f"{attempt}file/")
    assert files == {"exercise1-1.py": HELPED, "helpers.py": HELPERS, "deeper.py": DEEPER}
    own = zipped(ada, "/c/course/own.zip")
    assert {"exercise1/1/helpers.py", "exercise1/1/deeper.py"} < own.keys()
    assert own["exercise1/1/exercise1-1.py"] == HELPED
    assert "exercise1/1/exercise1-1.py" in own["attempts.csv"]
    source = instructor.get(f"{attempt}source/").text
    assert "<h2>deeper.py</h2>" in source
    assert "return add(numbers)" in source

    second = choose(ada, ("exercise1.py", HELPED), ("helpers.py", HELPERS), ("deeper.py", WRONG))
    page = graded(ada, second.address)
    assert 'score">10 / 10' not in page
    assert "The same file." not in page


def test_code_that_is_typed_goes_with_the_modules_that_came_before(
    site: Served, instructor: Visitor
):
    grace = member(instructor, "grace")
    choose(grace, ("exercise1.py", HELPED), *MODULES)
    task = grace.get(TASK).text
    assert "handed in with attempt 1: helpers.py, deeper.py" in task
    typed = grace.post(TASK + "submit/", page=TASK, code=f"{HELPED}\n# once more")
    page = graded(grace, typed.address)
    assert 'score">10 / 10' in page
    assert "Handed in with it: helpers.py, deeper.py" in page
    typed = grace.post(TASK + "submit/", page=TASK, code=RIGHT)
    page = graded(grace, typed.address)
    assert 'score">10 / 10' in page
    assert "Handed in with it" not in page


def test_a_regrade_grades_with_the_modules(site: Served, instructor: Visitor):
    kurt = member(instructor, "kurt")
    handed = choose(kurt, ("exercise1.py", HELPED), *MODULES)
    graded(kurt, handed.address)
    again = "/c/course/desk/regrade/exercise1/"
    assert instructor.post(again, do="begin").status == 200
    wait_for(lambda: "Use the new results" in instructor.get(again).text, "it is graded again")
    page = instructor.get(again).text
    assert "no grade changed" in page
    [number] = set(re.findall(r'name="regrade" value="(\d+)"', page))
    instructor.post(again, do="use", regrade=number)
    assert 'score">10 / 10' in graded(kurt, handed.address)


def test_each_file_is_an_attempt_at_the_exercise_that_it_is_named_after(
    site: Served, instructor: Visitor
):
    alan = member(instructor, "alan")
    imports = "from exercise1 import mean\n" + RIGHT.partition("def mean")[0]
    imports += "def spread" + RIGHT.partition("def spread")[2]
    both = choose(alan, ("exercise1.py", RIGHT), ("exercise2 (1).py", imports))
    assert "/handed-in/?" in both.address
    page = graded(alan, both.address)
    assert page.count(": 10 / 10") == 4  # two lines, and what a screen reader is told
    assert "exercise2 (1).py" in page
    assert "Handed in with it: exercise1.py" in page
    assert page.count('role="alert"') == 0

    again = choose(alan, ("exercise1.py", RIGHT), ("exercise2.py", RIGHT))
    page = graded(alan, again.address)
    assert page.count("not handed in: no attempt is left for now") == 2
    assert page.count('role="alert"') == 1
    assert page.count("/attempt/") == 1
    assert alan.get(TASK).text.count("/attempt/") == 2
    assert alan.get("/c/course/e/exercise2/").text.count("/attempt/") == 1

    mallory = member(instructor, "mallory")
    path = both.address.removeprefix(alan.address)
    for address in (path, path.replace("/?", "/state/?"), "/c/course/handed-in/"):
        assert mallory.get(address).status == 404
    assert alan.get(path + "&n=1" * 50).status == 404


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ([("exercise1.py", RIGHT), ("notes.md", "x")], "notes.md is not a .py file"),
        ([("exercise1.py", RIGHT), ("mine.py", RIGHT)], "name mine.py does not say"),
        ([("mine.py", RIGHT), ("helpers.py", HELPERS)], "name mine.py does not say"),
        ([("exercise1.py", RIGHT), ("exercise1 exercise2.py", "")], "fits several exercises"),
        ([("exercise1.py", RIGHT), ("big.py", "#" * 1_000_001)], "big.py is too large"),
        ([("exercise1.py", RIGHT), ("exercise2.py", "# later")], "exercise2.py holds no code"),
        ([("exercise1.py", RIGHT)] * 41, "too many files. 40 may be"),
    ],
)
def test_where_one_of_several_files_cannot_be_taken_none_is(
    files: list[tuple[str, str]], told: str, site: Served, instructor: Visitor
):
    barbara = member(instructor, f"barbara{secrets.token_hex(4)}")
    answer = choose(barbara, *files)
    assert answer.status == 400
    assert "Nothing was handed in: " in answer.text
    assert told in answer.text
    assert "/attempt/" not in barbara.get(TASK).text


def test_modules_are_part_of_a_backup_and_of_a_persons_data(
    site: Served, instructor: Visitor, tmp_path: Path
):
    edsger = member(instructor, "edsger")
    marked = DEEPER + "# by edsger\n"
    choose(edsger, ("exercise1.py", HELPED), MODULES[0], ("deeper.py", marked))

    def kept(data: Path) -> list[bytes]:
        with contextlib.closing(sqlite3.connect(data / "server.sqlite3")) as database:
            found = database.execute("SELECT content FROM server_filebeside").fetchall()
        return [content for (content,) in found]

    assert marked.encode() in kept(site.data)
    words = ["--data", site.data]
    assert run_command("serve", "backup", tmp_path / "b.zip", *words).returncode == 0
    restored = ["--data", tmp_path / "restored"]
    assert run_command("serve", "restore", tmp_path / "b.zip", *restored).returncode == 0
    assert kept(tmp_path / "restored") == kept(site.data)

    taken = run_command("serve", "export-person", "edsger", tmp_path / "e.zip", *words)
    assert taken.returncode == 0, taken.stderr
    with zipfile.ZipFile(tmp_path / "e.zip") as archive:
        rows = json.loads(archive.read("FileBeside.json"))
        assert [row["path"] for row in rows] == ["helpers.py", "deeper.py"]
        assert archive.read(rows[1]["content"]).decode() == marked
        assert rows[1]["content"].endswith("-deeper.py")
    gone = run_command("serve", "delete-person", "edsger", "--yes", *words)
    assert gone.returncode == 0, gone.stderr
    assert marked.encode() not in kept(site.data)
