"""Copies of the course that ships, for tests that change something in it."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def copy_of_shipped(folder: Path) -> Path:
    """Copy the course that ships; return `folder`."""
    for part in ("exercises", "solutions"):
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
    return folder


def impatient(folder: Path, call_seconds: float) -> Path:
    """Copy it with less patience: what loops takes as much processor time as it may."""
    copy_of_shipped(folder)
    with (folder / "exercises" / "course.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[limits]\ncall_seconds = {call_seconds}\n")
    return folder
