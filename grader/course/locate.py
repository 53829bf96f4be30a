"""Which course is meant: the one given, the one around us, or the one that ships."""

from __future__ import annotations

import os
from pathlib import Path

from grader.course.load import course_file, load_course
from grader.course.model import Course
from grader.errors import CourseError, UsageError

PACKAGE = Path(__file__).parent.parent


def find_course(course: Path | None, start: Path) -> Course:
    """Load the course that is meant.

    Parameters
    ----------
    course : Path or None
        The course's folder, where the user named one.
    start : Path
        Where to look for a course otherwise: the nearest of this folder and those above it
        that holds exercises/course.toml, else the course that ships. A course's checks are
        trusted code, so give the folder in which the user works, never one that a student
        has filled.

    Raises
    ------
    UsageError
        `course` is no course folder.
    CourseError
        There is a mistake in the course's own files.
    """
    if course is not None:
        return load_course(_given(course))
    for folder in _upwards(start):
        if _is_course(folder):
            return load_course(folder)
    return load_course(_shipped())


def _given(course: Path) -> Path:
    if _is_course(course):
        return course
    for folder in _upwards(course):
        if _is_course(folder):
            remedy = f"Did you mean {folder}?"
            break
    else:
        remedy = "Give the folder that holds exercises/course.toml."
    raise UsageError(f"{course} is no course: it holds no file exercises/course.toml.", remedy)


def _upwards(start: Path) -> tuple[Path, ...]:
    try:
        # Not absolute(): the parents of a/../b must not include a.
        folder = Path(os.path.abspath(start))  # noqa: PTH100
    except OSError:
        return ()  # the working folder has been deleted: nothing is above it
    return (folder, *folder.parents)


def _is_course(folder: Path) -> bool:
    try:
        return course_file(folder).is_file()
    except OSError:
        return False


def _shipped() -> Path:
    for folder in (PACKAGE / "backpropagation", PACKAGE.parent):
        if _is_course(folder):
            return folder
    raise CourseError(
        "The course that ships with bpgrade is missing from this installation.",
        "Install bpgrade again, or name a course with --course DIR.",
    )
