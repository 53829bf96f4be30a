"""The files that a submission imports of those that were handed in with it, and no others.

Nothing is run and nothing is listed: an import is looked up by its name, where it could be.
"""

from __future__ import annotations

import ast
import os
import re
import shlex
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from grader.course.syntax_tree import syntax_tree
from grader.sandbox.replies import Module

MAX_FILES: Final = 40
MAX_CHARACTERS: Final = 1_000_000  # of all of them together
_MAX_NOTEBOOK: Final = 20_000_000
_RUN: Final = re.compile(r"run_line_magic\(\s*(['\"])run\1\s*,\s*(['\"])(.*?)\2")

Read = Callable[[str], bytes | None]
"""Gives a file's bytes by its path, with forward slashes; None where there is none."""
SourceOf = Callable[[str, bytes], str]
"""Gives the Python source that a file's bytes hold; raises ValueError with why there is none."""


def modules(sources: Iterable[str], read: Read, source_of: SourceOf) -> tuple[Module, ...]:
    """Return what sources import, and what that imports, as far as `read` has it.

    What Python's standard library has a name for is not looked up: it would never be imported.
    """
    found: dict[str, Module] = {}
    waiting = [path for source in sources for path in _wanted(source, "")]
    room = MAX_CHARACTERS
    while waiting:
        path = waiting.pop(0)
        name = path.removesuffix(".ipynb").removesuffix(".py").replace("/", ".")
        if name in found or name.partition(".")[0] in sys.stdlib_module_names:
            continue
        for candidate in _candidates(path):
            data = read(candidate)
            if data is None:
                continue
            try:
                text = source_of(candidate, data)
            except ValueError as error:
                text = f"raise ImportError({str(error)!r})"
            room -= len(text)
            if room < 0 or len(found) >= MAX_FILES:
                return (*_packages(found), *found.values())
            found[name] = Module(name, candidate, text)
            inside = candidate.endswith("/__init__.py")
            folder = candidate if inside else str(PurePosixPath(candidate).parent)
            waiting += _wanted(text, folder.removesuffix("/__init__.py").removeprefix("."))
            break
    return (*_packages(found), *found.values())


def _packages(found: dict[str, Module]) -> Iterator[Module]:
    """Give the packages that have no file of their own, but modules inside."""
    names = {
        ".".join(parts[:length])
        for parts in (name.split(".") for name in found)
        for length in range(1, len(parts))
    }
    return (Module(name, f"{name}/__init__.py", "") for name in sorted(names - found.keys()))


def _candidates(path: str) -> tuple[str, ...]:
    if path.endswith((".py", ".ipynb")):
        return (path,)
    return (f"{path}.py", f"{path}/__init__.py", f"{path}.ipynb")


def _wanted(source: str, folder: str) -> Iterator[str]:
    """Give the paths of what a source in a folder may import, the outer packages first."""
    for found in _RUN.finditer(source):
        try:
            words = [word for word in shlex.split(found[3]) if not word.startswith("-")]
        except ValueError:
            continue
        if words:
            path = words[0].removeprefix("./")
            yield path if path.endswith((".py", ".ipynb")) else f"{path}.py"
    if "import" not in source:
        return
    try:
        tree = syntax_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _levels(alias.name)
        elif isinstance(node, ast.ImportFrom):
            above = folder.split("/") if folder else []
            above = above[: len(above) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names = [f"{base}.{alias.name}".strip(".") for alias in node.names]
            for name in (base, *names):
                yield from _levels(name)


def _levels(name: str) -> Iterator[str]:
    parts = [part for part in name.split(".") if part.isidentifier()]
    for length in range(1, len(parts) + 1):
        yield "/".join(parts[:length])


def most_of(path: str) -> int:
    """Return how many bytes a file may have that is imported."""
    return _MAX_NOTEBOOK if path.endswith(".ipynb") else MAX_CHARACTERS


def in_folder(folder: Path) -> Read:
    """Return what reads the files of a folder: regular ones, by no link, and none too large.

    A submission may import from the folder by the folder's own name too. The solutions of a
    course are not read, should it lie beside them.
    """

    def read(path: str) -> bytes | None:
        parts = PurePosixPath(path).parts
        if parts and parts[0] == folder.resolve().name and not (folder / parts[0]).exists():
            parts = parts[1:]
        return _regular(folder, parts) if parts else None

    return read


def _regular(folder: Path, parts: tuple[str, ...]) -> bytes | None:
    if any(part in ("..", "/") or "\0" in part for part in parts):
        return None
    place = folder
    most = most_of(parts[-1])
    try:
        if _is_solutions(folder.resolve()):
            return None
        for number, part in enumerate(parts, 1):
            place = place / part
            mode = place.lstat().st_mode
            if _is_solutions(place):
                return None
            if not (stat.S_ISREG(mode) if number == len(parts) else stat.S_ISDIR(mode)):
                return None
        # what was a file just now may have become a link, or a pipe that nobody writes to
        flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with os.fdopen(os.open(place, os.O_RDONLY | flags), "rb") as file:
            data = file.read(most + 1)
    except (OSError, ValueError):
        return None
    return data if len(data) <= most else None


def _is_solutions(place: Path) -> bool:
    course = place.parent / "exercises" / "course.toml"
    return place.name.lower() == "solutions" and course.exists()
