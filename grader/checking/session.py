"""One pytest session over a course's check files, driven by the grader."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from grader.checking.plugin import CheckPlugin
from grader.course import Course, Exercise
from grader.errors import CourseError

_UNUSED_PLUGINS = (
    "cacheprovider",
    "debugging",
    "doctest",
    "faulthandler",
    "junitxml",
    "logging",
    "nose",
    "pastebin",
    "recwarn",
    "setuponly",
    "setupplan",
    "stepwise",
    "terminal",
    "threadexception",
    "tmpdir",
    "unittest",
    "unraisableexception",
    "warnings",
)

_COLLECTED = (
    pytest.ExitCode.OK,
    pytest.ExitCode.TESTS_FAILED,
    pytest.ExitCode.NO_TESTS_COLLECTED,
)


def run_session(
    course: Course, exercises: Iterable[Exercise], drive: Callable[[CheckPlugin], None]
) -> None:
    """Collect the checks of `exercises` and call `drive` with the plugin that runs them.

    Raises
    ------
    CourseError
        The checks cannot be used.
    """
    files = {check_file(course, exercise): exercise for exercise in exercises}
    plugin = CheckPlugin(course, files, drive)
    arguments = [
        *(str(path) for path in files),
        f"--rootdir={course.folder}",
        f"--config-file={os.devnull}",
        f"--confcutdir={course.folder}",
        "--noconftest",
        "--import-mode=importlib",
        "--disable-plugin-autoload",
        "--capture=no",
        "--strict-markers",
        *(f"-pno:{name}" for name in _UNUSED_PLUGINS),
    ]
    try:
        code = pytest.main(arguments, plugins=[plugin])
    finally:
        _forget(set(files))
    if plugin.error is not None:
        raise plugin.error
    # a handout may have no visible checks at all
    if code not in _COLLECTED:
        raise CourseError(
            f"the checks of {course.name} cannot be run (pytest ended with code {int(code)})",
            "run `bpgrade author verify` on the course",
        )


def _forget(files: set[Path]) -> None:
    """Drop the modules of check files: pytest names them alike in every course, and keeps them."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if file is not None and Path(file) in files:
            del sys.modules[name]


def check_file(course: Course, exercise: Exercise) -> Path:
    """Return the exercise's check file: the full one, else the visible ones of a handout.

    Raises
    ------
    CourseError
        The course has neither.
    """
    full = course.checks(exercise)
    handed_out = course.folder / "exercises" / full.name
    for path in (full, handed_out):
        if path.is_file():
            return path
    raise CourseError(
        f"the course {course.name} has no checks for {exercise.name}",
        f"write {full}",
    )
