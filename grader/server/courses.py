"""The courses that a server has, read from their folders, again when they have changed."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from pathlib import Path

from grader.batch.cache_key import Identity
from grader.batch.description import Description, describe
from grader.course import Course, load_course
from grader.course.load import course_file
from grader.errors import BpgradeError, unreadable
from grader.language import reading
from grader.language.catalogue import SOURCE, read_again
from grader.quick_dataclass import dataclass
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
    stamp: str


_read: dict[str, ReadCourse | BpgradeError] = {}
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


def title_of(served: ServedCourse) -> str:
    """Return a course's title; its name where it can't be read, which its own pages say."""
    try:
        return course_of(served).title
    except BpgradeError:
        return served.name


def read_course(served: ServedCourse) -> ReadCourse:
    """Return a course and the identity of its results.

    Raises
    ------
    CourseError
        As `course_of`.
    """
    with _lock:
        known = _read.get(served.name)
        now = time.monotonic()
        if known is None or now - _looked_at[served.name] >= _LOOKED_AT_SECONDS:
            _looked_at[served.name] = now
            known = _read[served.name] = _as_it_is(Path(served.folder), known)
    if isinstance(known, BpgradeError):
        raise known.with_traceback(None)
    return known


def _as_it_is(folder: Path, known: ReadCourse | BpgradeError | None) -> ReadCourse | BpgradeError:
    """Return the course in a folder, the one that is known where it is the same; or its error."""
    try:
        stamp = _stamp(folder)
        if isinstance(known, ReadCourse) and known.stamp == stamp:
            return known
        if known is not None:
            read_again()
        course = load_course(folder)
        with reading(SOURCE):  # the same version whoever looks first
            identity = Identity(course, SEED, ISOLATION)
        return ReadCourse(course, identity, describe(course, ()), Drawings(course), stamp)
    except BpgradeError as error:
        return error
    except OSError as error:  # a file has gone meanwhile, or is in a folder that is not for us
        return unreadable(Path(error.filename or folder), error)


def _stamp(folder: Path) -> str:
    """Return what tells the course's files, as they are, from what they were."""
    files = [course_file(folder)]
    for part in ("exercises", "solutions"):
        files += (folder / part).rglob("*")
    digest = hashlib.sha256()
    for path in sorted(files):
        if "__pycache__" not in path.parts and path.is_file():
            found = path.stat()
            digest.update(os.fsencode(path))
            digest.update(f"\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()
