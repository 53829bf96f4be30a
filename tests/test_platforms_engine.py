"""The engine: a document whatever happens, and which file it takes for the submission."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import junitparser
import pytest
from platform_cases import CORPUS, EXERCISE

from grader.course import load_course
from grader.errors import SubmissionError
from grader.platforms.submission import find

ROOT = Path(__file__).parent.parent
RIGHT = (CORPUS / "right_plain.py").read_text("utf-8")
COURSE = load_course(ROOT)


def command(folder: Path, *words: str) -> list[str]:
    start = [sys.executable, "-P", "-m", "grader", "autograde", "--platform", "junit"]
    places = ["--submission", str(folder / "submission"), "--output", str(folder / "out")]
    return [*start, "--course", str(ROOT), "--exercise", EXERCISE, *places, *words]


def autograde(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, *words),
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def submission(folder: Path, source: str = RIGHT) -> Path:
    path = folder / "submission" / f"{EXERCISE}.py"
    path.parent.mkdir(parents=True)
    path.write_text(source, "utf-8")
    return folder


def message(folder: Path) -> str:
    """The reason in the report why nothing was graded."""
    [suite] = junitparser.JUnitXml.fromfile(str(folder / "out" / "bpgrade.xml"))
    [case] = suite
    assert case.name == "Not graded"
    assert not list((folder / "out").glob(".*")), "a half-written file is left"
    return case.result[0].message


LOOP = """
def forward(*arguments):
    while True:
        pass


gradient = update = train = forward
"""


def test_grading_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    done = autograde(submission(tmp_path, LOOP), "--time-limit", "1")
    assert done.returncode == 1
    assert "took longer than 1 seconds" in message(tmp_path)
    assert "raise the platform's time limit" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
def test_a_platform_that_ends_it_gets_a_document_first(tmp_path: Path) -> None:
    folder = submission(tmp_path, LOOP)
    with subprocess.Popen(
        command(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 300
        while not _children(process.pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 1, errors
    assert "The grader failed" in message(folder)
    assert "ended it before it was done" in errors


def _children(process: int) -> list[str]:
    return Path(f"/proc/{process}/task/{process}/children").read_text().split()


@pytest.mark.skipif(sys.platform != "linux", reason="platforms run Linux")
def test_a_grader_that_is_killed_is_noticed(tmp_path: Path) -> None:
    folder = submission(tmp_path, LOOP)
    with subprocess.Popen(
        command(folder), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        children: list[str] = []
        deadline = time.monotonic() + 300
        while not children and time.monotonic() < deadline:
            time.sleep(0.05)
            children = _children(process.pid)
        os.kill(int(children[0]), signal.SIGKILL)
        _, errors = process.communicate(timeout=300)
    assert process.returncode == 1, errors
    assert "The grader failed" in message(folder)
    assert "SIGKILL" in errors


def test_nothing_is_imported_from_where_a_student_has_been(tmp_path: Path) -> None:
    folder = submission(tmp_path)
    for place in (folder, folder / "submission"):
        for name in ("numpy", "grader", "click", "json"):
            (place / f"{name}.py").write_text("raise SystemExit('imported')\n", "utf-8")
    (folder / "submission" / "exercises").mkdir()
    (folder / "submission" / "exercises" / "course.toml").write_text("name = [", "utf-8")
    done = autograde(folder)
    assert done.returncode == 0, done.stderr
    [suite] = junitparser.JUnitXml.fromfile(str(folder / "out" / "bpgrade.xml"))
    assert suite.failures + suite.errors == 0


def test_a_folder_that_cannot_be_written_to_is_one_clear_line(tmp_path: Path) -> None:
    folder = submission(tmp_path)
    (folder / "out").write_text("a file", "utf-8")
    done = autograde(folder)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def tree(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")
    return folder


def test_the_named_file_is_found_among_others(tmp_path: Path) -> None:
    names = ("a/helper.py", "exercise1.py", "a/exercise3.py", "exercise3 (1).py", "exercise3.ipynb")
    found = find(tree(tmp_path, *names), COURSE, EXERCISE)
    assert found.path.name == "exercise3.ipynb"
    assert found.exercise.name == EXERCISE
    assert "a/exercise3.py" in found.notes[0]


def test_a_single_file_may_have_any_name(tmp_path: Path) -> None:
    found = find(tree(tmp_path, "my homework.py", "notes.txt"), COURSE, EXERCISE)
    assert found.path.name == "my homework.py"
    assert "was graded as exercise3" in found.notes[0]


def test_the_title_of_the_assignment_says_which_exercise_it_is(tmp_path: Path) -> None:
    folder = tree(tmp_path, "exercise1.py", "exercise2.py")
    assert find(folder, COURSE, None, "Exercise 2: the gradients").exercise.name == "exercise2"
    with pytest.raises(SubmissionError, match="several exercises"):
        find(folder, COURSE, None, "Homework")


@pytest.mark.parametrize(
    "names",
    [
        (),
        (".exercise3.py",),
        ("__MACOSX/exercise3.py",),
        ("exercise3.txt", "a.docx"),
        ("exercise1.py", "exercise2.py"),
    ],
)
def test_what_is_no_submission_is_told_apart(names: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(SubmissionError):
        find(tree(tmp_path, *names), COURSE, EXERCISE)


def test_links_and_devices_are_not_followed(tmp_path: Path) -> None:
    target = ROOT / "solutions" / f"{EXERCISE}.py"
    (tmp_path / f"{EXERCISE}.py").symlink_to(target)
    (tmp_path / "folder").symlink_to(target.parent)
    os.mkfifo(tmp_path / f"{EXERCISE}.ipynb")
    for place in (tmp_path, tmp_path / f"{EXERCISE}.py", tmp_path / "folder", tmp_path / "no"):
        with pytest.raises(SubmissionError):
            find(place, COURSE, EXERCISE)
