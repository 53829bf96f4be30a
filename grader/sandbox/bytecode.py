"""Bytecode of the untrusted side, which may write none itself.

Without it a child compiles its own modules at each start, wherever the installer has compiled
nothing: an editable installation, and what uv installs.
"""

from __future__ import annotations

import contextlib
import os
import sys
from importlib.util import cache_from_source


def keep(folder: str) -> None:
    """Compile the modules in a folder and below it that have changed since, where Python may."""
    if sys.dont_write_bytecode or not os.access(folder, os.W_OK):
        return
    with os.scandir(folder) as entries:
        found = list(entries)
    for entry in found:
        if entry.is_dir() and entry.name != "__pycache__":
            keep(entry.path)
        elif entry.name.endswith(".py"):
            _keep_one(entry)


def _keep_one(source: os.DirEntry[str]) -> None:
    kept = cache_from_source(source.path)
    try:
        changed = os.stat(kept).st_mtime < source.stat().st_mtime  # noqa: PTH116 - 40 a start
    except OSError:
        changed = True
    if changed:
        import py_compile

        with contextlib.suppress(OSError):  # a full disk
            py_compile.compile(source.path, kept, quiet=2)
