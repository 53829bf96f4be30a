"""Reading back what a submission has written to its scratch folder."""

from __future__ import annotations

import os
import stat
from typing import Any, Final

_MOST_NAMES: Final = 20
_MOST_LISTED: Final = 1000
_FOLDER: Final = getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
)


def read(folder: str, parts: list[str], most: int) -> list[Any]:
    """Return what is in a file, by its path from a folder on, part by part; links are no files.

    Returns
    -------
    list
        ["read", bytes], ["large", size], ["missing", names that are there], or ["odd", reason].
    """
    try:
        return _read(folder, parts, most)
    except FileNotFoundError:
        return ["missing", _names(folder)]
    except OSError as error:
        return ["odd", error.strerror or type(error).__name__]


def _read(folder: str, parts: list[str], most: int) -> list[Any]:
    *folders, name = parts
    opened: list[int] = []
    try:
        if os.open in os.supports_dir_fd:
            opened.append(os.open(folder, _FOLDER))
            for each in folders:
                opened.append(os.open(each, _FOLDER, dir_fd=opened[-1]))
            opened.append(os.open(name, _FILE, dir_fd=opened[-1]))
        else:
            path = os.path.join(folder, *parts)  # noqa: PTH118 - its parts may not be resolved
            if os.path.realpath(path) != os.path.join(os.path.realpath(folder), *parts):  # noqa: PTH118
                return ["odd", "a link"]
            opened.append(os.open(path, _FILE))
        found = os.fstat(opened[-1])
        if not stat.S_ISREG(found.st_mode):
            return ["odd", "not a file"]
        if found.st_size > most:
            return ["large", found.st_size]
        with os.fdopen(opened.pop(), "rb") as file:
            return ["read", file.read(most)]
    finally:
        for descriptor in opened:
            os.close(descriptor)


def _names(folder: str) -> list[str]:
    found = []
    with os.scandir(folder) as entries:
        for entry, _ in zip(entries, range(_MOST_LISTED), strict=False):
            if entry.name[:1] != "." and entry.name.isprintable():
                found.append(entry.name)
    return sorted(found)[:_MOST_NAMES]
