"""Pieces that the layouts of several platforms share."""

from __future__ import annotations

import shutil
from pathlib import Path


def hand_in(submission: Path | None, folder: Path) -> None:
    """Put a submission, where there is one, into a folder, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    if submission is not None:
        shutil.copy(submission, folder)


def unpack(package: Path, folder: Path, part: str = ".") -> None:
    """Copy a part of a package to a folder."""
    shutil.copytree(package / part, folder, dirs_exist_ok=True)


def packed_course(folder: Path) -> Path | None:
    """Return the course that a package holds, where it does."""
    course = folder / "course"
    return course if (course / "exercises" / "course.toml").is_file() else None
