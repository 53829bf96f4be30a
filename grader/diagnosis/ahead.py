"""Having a course's tables made in idle time, so that nobody waits for them.

A process of its own makes them, behind all others in the kernel's queue, and ends with the last.
It runs the course's code, so it is begun only by what has run that code already.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import sys
from importlib.metadata import version
from typing import Final

from grader import __version__
from grader.course import Course
from grader.diagnosis.table_files import all_ship, cache_folder
from grader.interpreter import variables

SETTING: Final = "BPGRADE_IDLE"
"""The environment variable that is "no" where nothing is to be done in idle time."""


_begun: Final[list[subprocess.Popen[bytes]]] = []  # held, so that a server asks how they have ended


def begin(course: Course) -> None:
    """Begin to make the tables that a course lacks; do nothing where it has been begun before.

    Nor is anything done where tables cannot be kept, or where all have come with bpgrade.
    """
    if os.environ.get(SETTING) == "no" or all_ship(course) or not _has(course):
        return
    folder = cache_folder()
    if folder is None:
        return
    mark = folder / "diagnosis" / f"begun-{_state(course)}"
    if mark.exists():
        return
    command = [sys.executable, "-P", "-m", "grader.diagnosis.ahead_main"]
    with contextlib.suppress(OSError):  # then each is made when it is needed
        mark.parent.mkdir(parents=True, exist_ok=True)
        if not os.access(mark.parent, os.W_OK):
            return
        _begun[:] = [each for each in _begun if each.poll() is None]
        process = subprocess.Popen(
            [*command, str(course.folder.resolve()), str(mark)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=variables(),
            cwd=folder,
            start_new_session=True,
            creationflags=getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)
            | getattr(subprocess, "DETACHED_PROCESS", 0),
        )
        _begun.append(process)


def _has(course: Course) -> bool:
    """Return whether a course has tables at all: what students get of one has none."""
    return any(
        course.misconceptions(each).is_file() and course.reference(each).is_file()
        for each in course.exercises
    )


def _state(course: Course) -> str:
    """Return what is another where the course, bpgrade, Python or NumPy are."""
    digest = hashlib.sha256(f"{__version__} {version('numpy')} {sys.version}".encode())
    for path in sorted((course.folder / "solutions").glob("*.py")):
        status = path.stat()
        digest.update(f"{path.resolve()} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:40]
