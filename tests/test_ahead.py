"""A course's tables are made in idle time, once, and disturb nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from waiting import wait_for

from grader.course import Course, file_lock, load_course
from grader.diagnosis import ahead, ahead_main
from grader.diagnosis.cache import cache_key
from grader.diagnosis.table_files import cache_file

COURSE = """
name = "mini"
title = "Mini"
packages = ["numpy"]
[exercises.exercise1]
title = "One"
[exercises.exercise1.points]
double = 1
half = 1
"""
REFERENCE = """
import numpy as np

from shared import TWO


def double(x):
    return TWO * x


def half(x):
    return x / TWO
"""
CHECKS = """
import pytest


@pytest.mark.function("double")
@pytest.mark.points(1)
def test_double(student, reference):
    \"\"\"It doubles\"\"\"
    assert student.double(3.0) == reference.double(3.0)


@pytest.mark.function("half")
@pytest.mark.points(1)
def test_half(student, reference):
    \"\"\"It halves\"\"\"
    assert student.half(3.0) == reference.half(3.0)
"""
MISCONCEPTIONS = """
from grader.authoring import mistake, probe


@probe("double", returns="double")
def double_inputs(rng):
    return (rng.uniform(0.5, 2.0),)


@probe("half", returns="half")
def half_inputs(rng):
    return (rng.uniform(0.5, 2.0),)


@mistake("double")
def squared(x):
    \"\"\"Squared

    It is squared.
    \"\"\"
    print("as wrong programs may")
    return x * x
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Give a course whose tables are not there yet, and that may be made in idle time."""
    solutions = tmp_path / "course" / "solutions"
    solutions.mkdir(parents=True)
    (tmp_path / "course" / "exercises").mkdir()
    (tmp_path / "course" / "exercises" / "course.toml").write_text(COURSE)
    (solutions / "shared.py").write_text("TWO = 2\n")
    (solutions / "exercise1.py").write_text(REFERENCE)
    (solutions / "check_exercise1.py").write_text(CHECKS)
    (solutions / "misconceptions_exercise1.py").write_text(MISCONCEPTIONS)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv(ahead.SETTING)
    return load_course(tmp_path / "course")


def files(course: Course) -> list[Path]:
    """Return where the course's tables are to be."""
    key = cache_key(course, course.exercises[0])
    found = [cache_file(key, function) for function in ("double", "half")]
    return [path for path in found if path is not None]


def not_to_be_started(*_arguments: object, **_options: object) -> NoReturn:
    raise AssertionError("a process was started")


def test_a_check_has_the_tables_of_its_course_made(course: Course, tmp_path: Path) -> None:
    right = tmp_path / "exercise1.py"
    right.write_text(REFERENCE.replace("from shared import TWO", "TWO = 2"))
    command = [sys.executable, "-m", "grader", "check", str(right), "--course", str(course.folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    wait_for(lambda: all(path.is_file() for path in files(course)), "both tables were made")
    [mark] = (tmp_path / "cache" / "bpgrade" / "diagnosis").glob("begun-*")
    assert mark.read_bytes() == b""


def test_tables_are_begun_once_for_a_state_of_the_course(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead.begin(course)
    wait_for(lambda: all(path.is_file() for path in files(course)), "both tables were made")
    with monkeypatch.context() as patch:
        patch.setattr(ahead.subprocess, "Popen", not_to_be_started)
        ahead.begin(course)
    with (course.folder / "solutions" / "exercise1.py").open("a") as file:
        file.write("# another one\n")
    ahead.begin(course)
    wait_for(lambda: all(path.is_file() for path in files(course)), "they were made anew")


def test_nothing_is_begun_where_it_is_unwanted_impossible_or_needless(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead.subprocess, "Popen", not_to_be_started)
    with monkeypatch.context() as patch:
        patch.setenv(ahead.SETTING, "no")
        ahead.begin(course)
    (tmp_path / "a file").write_text("where a folder should be")
    with monkeypatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path / "a file"))
        ahead.begin(course)
    (course.folder / "solutions" / "misconceptions_exercise1.py").unlink()
    ahead.begin(course)


def test_one_course_at_a_time_is_made(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = file_lock.opened(tmp_path / "begun.lock")
    assert file_lock.take(held)
    mark = tmp_path / "begun-one"
    monkeypatch.setattr(sys, "argv", ["ahead_main", str(course.folder), str(mark)])
    monkeypatch.setattr(ahead_main, "_stand_back", lambda: None)
    assert ahead_main.main() == 0
    assert not mark.exists()
    os.close(held)
    assert ahead_main.main() == 0
    assert mark.exists()
    assert all(path.is_file() for path in files(course))


def test_a_course_that_cannot_be_run_makes_no_noise(
    course: Course, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (course.folder / "solutions" / "exercise1.py").write_text("raise SystemError")
    mark = tmp_path / "begun-one"
    command = [sys.executable, "-m", "grader.diagnosis.ahead_main", str(course.folder), str(mark)]
    assert subprocess.run(command, timeout=120, check=False).returncode == 0
    assert capfd.readouterr() == ("", "")
    assert not any(path.exists() for path in files(course))
