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


def copy_into_image(context: Path, root: Path) -> None:
    """Copy what a Dockerfile's COPY lines copy; but not bpgrade, which is installed otherwise."""
    for line in (context / "Dockerfile").read_text("utf-8").splitlines():
        words = line.split()
        if words[:1] != ["COPY"]:
            continue
        *sources, target = [word for word in words[1:] if not word.startswith("--")]
        mode = next((word[8:] for word in words if word.startswith("--chmod=")), "")
        for source in sources:
            if source != ".":
                path = root / target.lstrip("/")
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(context / source, path)
                path.chmod(int(mode, 8) if mode else path.stat().st_mode)


def failing(why: str) -> list[str]:
    """Return a command that fails as the platform would, and says why."""
    return ["sh", "-c", 'echo "bpgrade: $1" >&2; exit 125', "sh", why]


def packed_course(folder: Path) -> Path | None:
    """Return the course that a package holds, where it does."""
    course = folder / "course"
    return course if (course / "exercises" / "course.toml").is_file() else None
