"""Which server, and which of its courses, the files of a folder are handed in to.

It is remembered per user and folder, not in a file beside the work: a folder that came from
somebody else must not say where things are sent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from grader.handing_in import records
from grader.quick_dataclass import dataclass

_KIND: Final = "projects"


@dataclass(frozen=True, slots=True)
class Project:
    """A server's address, and the name of a course; each empty where it is not known."""

    server: str = ""
    course: str = ""


def project_of(folder: Path) -> Project:
    """Return what is remembered for a folder, or for the nearest one above it."""
    folder = folder.resolve()
    for each in (folder, *folder.parents):
        found = records.read(_KIND, str(each))
        if found:
            return Project(str(found.get("server", "")), str(found.get("course", "")))
    return Project()


def remember(folder: Path, project: Project) -> None:
    """Remember where the files of a folder are handed in to.

    Raises
    ------
    UsageError
        It cannot be written down.
    """
    if project != project_of(folder):
        records.write(_KIND, str(folder.resolve()), server=project.server, course=project.course)
