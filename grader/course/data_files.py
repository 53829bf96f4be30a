"""The data that a course gives: files in `exercises/data/`, which code reads as `data/...`."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.course.model import Course
from grader.course.naming import DATA
from grader.errors import CourseError
from grader.interpreter import working_as_ever
from grader.language import gettext_lazy as _


def data_files(course: Course) -> dict[str, Path]:
    """Return the course's data files by their paths beside a stub, as in "data/values.csv"."""
    folder = course.data
    if folder is None:
        return {}
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        f"{DATA}/{path.relative_to(folder).as_posix()}": path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


def copy_data(course: Course, folder: Path) -> None:
    """Copy the course's data into a folder; what is there unchanged is left alone.

    Raises
    ------
    CourseError
        It cannot be copied.
    """
    try:
        for name, path in data_files(course).items():
            target = folder / name
            if _looks_like(target, path):
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy2(path, target)
            target.chmod(0o444)
    except OSError as error:
        raise CourseError(
            _(
                "the data of {course} cannot be copied: {reason}",
                course=course.name,
                reason=error.strerror or error,
            ),
            _(
                "look at {folder}, and at the room in {temporary}",
                folder=course.data,
                temporary=tempfile.gettempdir(),
            ),
        ) from error


def _looks_like(copy: Path, path: Path) -> bool:
    """Return whether a copy has its original's size and time, and is no link to another file."""
    original = path.stat()
    try:
        found = copy.lstat()
    except OSError:
        return False
    plain = stat.S_ISREG(found.st_mode)
    same = (found.st_size, found.st_mtime_ns) == (original.st_size, original.st_mtime_ns)
    return plain and same


@contextmanager
def working_folder(course: Course) -> Iterator[Path]:
    """Give a folder with the data in it, where the course's own code is run."""
    with tempfile.TemporaryDirectory(prefix="bpgrade-work-") as name:
        copy_data(course, Path(name))
        yield Path(name)


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Run a course's code in a folder, and go back to where this process was, if that is there."""
    try:
        before = os.open(".", os.O_RDONLY) if os.name != "nt" else Path.cwd()
    except OSError:  # it has been removed
        before = None
    os.chdir(folder)
    try:
        with working_as_ever():
            yield
    finally:
        if before is not None:
            with contextlib.suppress(OSError):
                os.chdir(before)
        if isinstance(before, int):
            os.close(before)
