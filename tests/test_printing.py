"""What submissions print and write, how input() is answered, and the data that a course gives."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sandboxes import WITHOUT, isolation
from thoroughness import thorough

from grader.author.release import release
from grader.author.verify import Effort, verify
from grader.batch.cache_key import Identity
from grader.checking.checks import collected
from grader.course import Course, load_course
from grader.course.data_files import working_folder, working_in
from grader.course.handout import hand_out
from grader.errors import CourseError
from grader.grading.grade import Grader
from grader.grading.submission import read_submission, submission_from_bytes
from grader.result import CheckResult, Result
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

FOLDER = Path(__file__).parent / "courses" / "printing"
COURSE = load_course(FOLDER)
EXERCISE = COURSE.exercise("receipt")
RIGHT = COURSE.reference(EXERCISE).read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(COURSE, resolve("basic")) as opened:
        yield opened


def graded(grader: Grader, own: str) -> Result:
    """Grade the right solution with something more at its end."""
    source = f"{RIGHT}\n\n{own}\n".encode()
    return grader.grade(submission_from_bytes("receipt.py", source), EXERCISE, 0)


def lost(result: Result) -> dict[str, float]:
    """Return the points that each function has lost."""
    found: dict[str, float] = {}
    for check in result.checks:
        if check.points < check.max_points:
            found[check.function] = found.get(check.function, 0) + check.max_points - check.points
    return found


def feedback(result: Result) -> str:
    return "\n".join(check.feedback for check in result.checks)


@pytest.mark.parametrize(
    "name", thorough(["basic", "single", *WITHOUT], but=["basic", "single", "strict"])
)
def test_the_right_solution_gets_full_marks_behind_every_wall(name: str, tmp_path: Path) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": text, "id": f"c{number}"}
        for number, text in enumerate(RIGHT.split("\n\n\n"))
    ]
    path = tmp_path / "receipt.ipynb"
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    with Grader(COURSE, isolation(name)) as opened:
        for file in (COURSE.reference(EXERCISE), path):
            result = opened.grade(read_submission(file), EXERCISE, 0)
            assert result.full_marks, feedback(result)


def test_the_course_is_proved() -> None:
    found = verify(COURSE, [EXERCISE], resolve("basic"), Effort(2, 1, None, None))
    assert found.ok, found


@pytest.mark.parametrize(
    ("own", "wrong", "told"),
    [
        ("receipt = sorted", {"receipt": 3}, "It printed nothing."),
        ("def receipt(prices): print('total 0')", {"receipt": 3}, "It printed 'total 0\\n'."),
        (
            "def receipt(prices):\n    import sys\n    sys.stdout.write('bread')",
            {"receipt": 3},
            "It printed 'bread'.",
        ),
        ("def ask_total(): print(float(input()) + float(input()))", {"ask_total": 1}, "input()"),
        (
            "def ask_total():\n    while True: input('more? ')",
            {"ask_total": 4},
            "EOFError: input() is answered 3 times here, and was called once more",
        ),
        (
            "import sys\ndef ask_total(): print(sum(float(x) for x in sys.stdin if x[:-1]))",
            {},
            "",
        ),
        (
            "def report(path): Path('Names.txt').write_text('x')",
            {"report": 4},
            "Your code has written no file `names.txt`. It has written: Names.txt.",
        ),
        (
            "def report(path): Path(path).write_bytes(b'\\xff\\xfe')",
            {"report": 4},
            "The file `names.txt` is no text in UTF-8",
        ),
        ("def average(): return 2.06", {}, ""),
        ("def average(): return open('prices.csv')", {"average": 2}, "No such file"),
    ],
)
def test_wrong_ones_are_told_in_words(
    grader: Grader, own: str, wrong: dict[str, float], told: str
) -> None:
    result = graded(grader, own)
    assert lost(result) == wrong, feedback(result)
    assert told in feedback(result)


def test_what_is_printed_while_loading_is_asked_for(grader: Grader) -> None:
    source = RIGHT.replace('print("open")', 'print("closed")').encode()
    result = grader.grade(submission_from_bytes("receipt.py", source), EXERCISE, 0)
    assert lost(result) == {"receipt": 1}
    assert "While it was loaded, your code printed 'closed\\n'." in feedback(result)


HOSTILE = {
    "flood": "def receipt(prices):\n    while True: print('x' * 10_000)",
    "long flood": "def receipt(prices):\n    for _ in range(2000): print('x' * 1000)",
    "print replaced": "import builtins\nbuiltins.print = lambda *_, **__: None",
    "stdout replaced": "import io, sys\ndef receipt(prices): sys.stdout = io.StringIO()",
    "stdout closed": "import sys\ndef receipt(prices): sys.stdout.close()",
    "stdout gone": "import sys\ndef receipt(prices): del sys.stdout",
    "descriptor closed": "import os\ndef receipt(prices): os.close(1)",
    "stdout without end": (
        "import sys\nclass Endless:\n    def __getattr__(self, name): return Endless()\n"
        "    def __call__(self, *_): return Endless()\ndef receipt(prices): sys.stdout = Endless()"
    ),
    "asks for ever": (
        "def receipt(prices):\n    while True:\n        try: input()\n        except EOFError: pass"
    ),
    "link": "def report(path): Path(path).symlink_to('/etc/passwd')",
    "link to a folder": "import os\ndef report(path): os.symlink('/etc', path)",
    "fifo": "import os\ndef report(path): os.mkfifo(path)",
    "folder": "def report(path): Path(path).mkdir(exist_ok=True)",
    "huge": "def report(path):\n    with open(path, 'wb') as file: file.truncate(15_000_000)",
    "files": "def report(path):\n    for number in range(10**6): Path(str(number)).touch()",
    "data gone": (
        "import shutil\nPath('data').rename('old')\nPath('data').mkdir()\n"
        "def report(path): raise SystemExit"
    ),
    "data written": (
        "def report(path):\n    PRICES.chmod(0o644)\n    PRICES.write_text('name,price\\nx,1\\n')"
    ),
    "forged answer": (
        "import sys\ndef report(path):\n"
        "    for module in list(sys.modules.values()):\n"
        "        if hasattr(module, 'written_files'): module.written_files.read = lambda *_: 7"
    ),
}
KEEP = {
    "data gone": ("receipt", "ask_total"),
    "data written": ("receipt", "ask_total"),  # where the user may change whose it is
    "print replaced": ("report", "average"),
}
"""The functions that keep their points where that is not all but the one that is hostile."""


@pytest.mark.parametrize("level", thorough(["basic", "strict"], but=["strict"]))
def test_hostile_ones_cost_themselves_only(level: str, tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "course")
    course = load_course(tmp_path / "course")
    limits = replace(EXERCISE.limits, call_seconds=1.0)
    exercise = replace(course.exercises[0], limits=limits)
    honest = ("receipt", "ask_total", "report", "average")
    with Grader(course, isolation(level)) as opened:
        for name, own in HOSTILE.items():
            source = f"{RIGHT}\n\n{own}\n".encode()
            result = opened.grade(submission_from_bytes("receipt.py", source), exercise, 0)
            assert result.status == "graded", (name, feedback(result))
            attacked = {"receipt"} if "def receipt" in own else {"report"}
            kept = KEEP.get(name, tuple(set(honest) - attacked))
            assert not lost(result).keys() & set(kept), (name, lost(result), feedback(result))
            assert lost(result), name
            assert "root:" not in feedback(result)
            again = opened.grade(submission_from_bytes("receipt.py", RIGHT.encode()), exercise, 0)
            assert again.full_marks, (name, feedback(again))
    assert course.data is not None
    assert (course.data / "prices.csv").read_bytes() == (
        FOLDER / "exercises/data/prices.csv"
    ).read_bytes()


def in_class(course: Course, sources: list[str], afresh: bool) -> list[tuple[CheckResult, ...]]:
    """Return the results of a class, one submission after another, on one host."""
    [exercise] = course.exercises
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(working_folder(course))
        stack.enter_context(working_in(folder))
        host = stack.enter_context(SandboxHost(resolve("basic"), ["numpy"], folder / "data"))
        checks = stack.enter_context(collected(course, course.exercises))
        found = []
        for source in sources:
            blocks = (CodeBlock("receipt.py", source),)
            session = SubmissionSession(host, SubmissionSource(blocks), exercise.limits)
            results = checks.run(exercise, session, 0, afresh=afresh)
            found.append(tuple(replace(result, seconds=0.0) for result in results))
            session.close()
        return found


def test_recalled_results_are_those_of_checks_that_are_run() -> None:
    ends = [
        "",
        "def receipt(prices): print(prices)",
        "def receipt(prices): return prices",
        "count = 0\ndef receipt(prices):\n    global count\n    count += 1\n    print(count)",
        "def report(path): Path(path).write_text('BREAD')",
        "def ask_total(): print(input() + input())",
    ]
    sources = [f"{RIGHT}\n\n{end}\n" for _ in range(4) for end in ends]
    assert in_class(COURSE, sources, False) == in_class(COURSE, sources, True)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    shutil.copytree(FOLDER, tmp_path / "course")
    return load_course(tmp_path / "course")


def test_data_is_handed_out_and_counts_in_the_cache_key(course: Course, tmp_path: Path) -> None:
    hand_out(course, tmp_path / "mine")
    release(course, tmp_path / "handout.zip", resolve("basic"))
    assert course.data is not None
    given = (course.data / "prices.csv").read_bytes()
    assert (tmp_path / "mine" / "data" / "prices.csv").read_bytes() == given
    with zipfile.ZipFile(tmp_path / "handout.zip") as archive:
        assert archive.read("printing/exercises/data/prices.csv") == given

    def key() -> str:
        return Identity(course, 0, "basic").key(course.exercises[0], "receipt.py", b"")

    before = key()
    (course.data / "prices.csv").write_text("name,price\nx,2\n")
    assert key() != before


@pytest.mark.parametrize("name", ["capsys", "capfd"])
def test_a_check_that_captures_is_told_what_to_take(course: Course, name: str) -> None:
    path = course.checks(course.exercises[0])
    path.write_text(path.read_text().replace("test_open(student)", f"test_open(student, {name})"))
    with (
        Grader(course, resolve("basic")) as opened,
        pytest.raises(CourseError, match=name) as told,
    ):
        opened.collect(course.exercises)
    assert "student.printed" in told.value.remedy


def test_a_check_reads_no_file_outside_of_the_scratch_folder(grader: Grader) -> None:
    from grader.checking.student.left_behind import file_content

    for path in ("/etc/passwd", "../x", "", "a\0b"):
        with pytest.raises(ValueError, match="no path of a file"):
            file_content(None, path, False)  # type: ignore[arg-type]


def test_grading_leaves_the_working_folder_and_the_keyboard_as_they_were(grader: Grader) -> None:
    before = Path.cwd(), sys.stdin, input
    assert graded(grader, "").full_marks
    assert (Path.cwd(), sys.stdin, input) == before
