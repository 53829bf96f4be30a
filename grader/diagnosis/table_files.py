"""Where tables lie: those that come with bpgrade, and those that are made here.

The first are made with its wheel, of the course that it ships. Without them the first wrong answer
in a fresh install, or in each fresh container, would wait for its table. They are found by the
content of the code that they are made by and of, as in the cache: whatever has changed of it, they
are not found. They go by no single version of Python and NumPy, since all that were tried give the
same classes of the same programs, and values that agree; see benchmarks/shipped_tables.py. With
other versions tables are made here.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

from grader.course import Course

SHIPPED: Final = Path(__file__).parent / "shipped"
_PYTHON: Final = ((3, 11), (3, 13))
_NUMPY: Final = ((1, 26), (2, 4))
"""The lowest and the highest versions that were tried."""


def shipped_file(key: str, function: str) -> Path | None:
    """Return where a function's table is if it came with bpgrade; None for untried versions.

    `key` is the exercise's `source_key`.
    """
    return table_file(SHIPPED, key, function) if _are_tried() else None


def all_ship(course: Course) -> bool:
    """Return whether a course is the one that came with its tables, and they can be taken."""
    is_own = course.folder.resolve().parent == SHIPPED.parent.parent
    return is_own and SHIPPED.is_dir() and _are_tried()


def _are_tried() -> bool:
    numpy = tuple(map(int, version("numpy").split(".")[:2]))
    return _PYTHON[0] <= sys.version_info[:2] <= _PYTHON[1] and _NUMPY[0] <= numpy <= _NUMPY[1]


def cache_folder() -> Path | None:
    """Return the user's folder for caches; None where there is none."""
    import platformdirs  # a student who checks right answers needs none

    folder = platformdirs.user_cache_path("bpgrade", appauthor=False)
    return folder if folder.is_absolute() else None


def cache_file(key: str, function: str) -> Path | None:
    """Return where a table is kept by its `cache_key`; None where nothing can be kept."""
    folder = cache_folder()
    return table_file(folder / "diagnosis", key, function) if folder is not None else None


def table_file(folder: Path, key: str, function: str) -> Path:
    """Return the file of a function's table in a folder of tables."""
    return folder / f"{function}-{key}.bin"
