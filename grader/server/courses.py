"""The courses that a server has, read from their folders, again when they have changed."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path

from grader.batch.cache_key import Identity
from grader.batch.description import Description, describe
from grader.course import Course, load_course
from grader.course.load import course_file
from grader.language import reading
from grader.language.catalogue import SOURCE
from grader.report.pages.course_drawing import CourseDrawings
from grader.report.pages.drawing import Drawing
from grader.result import Result
from grader.server.models import ServedCourse

SEED = 0
_LOOKED_AT_SECONDS = 1.0
ISOLATION = "strict"


class Drawings:
    """Draws a course's results for every thread, one at a time: matplotlib is made for one."""

    def __init__(self, course: Course) -> None:
        self._drawings = CourseDrawings(course)
        self._lock = threading.Lock()

    def draw(self, result: Result) -> Drawing | None:
        """Return the drawing of a result, as `CourseDrawings.draw`."""
        with self._lock:
            return self._drawings.draw(result)


@dataclass(frozen=True, slots=True)
class ReadCourse:
    """A course as it was when it was read, what results and grades depend on, what it draws."""

    course: Course
    identity: Identity
    description: Description
    drawings: Drawings
    stamp: tuple[int, ...]


_read: dict[str, ReadCourse] = {}
_looked_at: dict[str, float] = {}
_lock = threading.Lock()


def course_of(served: ServedCourse) -> Course:
    """Return the course in a served course's folder.

    Raises
    ------
    CourseError
        It can't be used as it stands.
    """
    return read_course(served).course


def read_course(served: ServedCourse) -> ReadCourse:
    """Return a course and the identity of its results.

    Raises
    ------
    CourseError
        As `course_of`.
    """
    folder = Path(served.folder)
    with _lock:
        known = _read.get(served.name)
        now = time.monotonic()
        if known is not None and now - _looked_at[served.name] < _LOOKED_AT_SECONDS:
            return known
        _looked_at[served.name] = now
        stamp = _stamp(folder)
        if known is None or known.stamp != stamp:
            course = load_course(folder)
            with reading(SOURCE):  # the same version whoever looks first
                identity = Identity(course, SEED, ISOLATION)
            known = ReadCourse(course, identity, describe(course, ()), Drawings(course), stamp)
            _read[served.name] = known
        return known


def _stamp(folder: Path) -> tuple[int, ...]:
    """Return when the course's files were last changed."""
    files = [course_file(folder)]
    for part in ("exercises", "solutions"):
        files += (folder / part).rglob("*")
    own = (path for path in sorted(files) if "__pycache__" not in path.parts)
    return tuple(path.stat().st_mtime_ns for path in own if path.is_file())
