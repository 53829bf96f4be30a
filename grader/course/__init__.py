"""A course: its exercises, points and limits, where its files are, and how stubs are made.

`load_course` reads one folder, `find_course` decides which folder that is. What only authors
and `bpgrade init` need (stubs, handouts) is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.course.load import load_course
from grader.course.locate import find_course
from grader.course.model import Course, Exercise, LatePolicy, Limits

if TYPE_CHECKING:
    from grader.course.stubs import make_stub, write_stubs

__all__ = [
    "Course",
    "Exercise",
    "LatePolicy",
    "Limits",
    "find_course",
    "load_course",
    "make_stub",
    "write_stubs",
]


def __getattr__(name: str) -> object:
    if name in {"make_stub", "write_stubs"}:
        from grader.course import stubs

        return getattr(stubs, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
