"""What a confined process may read: Python itself, system libraries, a few devices, packages."""

from __future__ import annotations

import functools
import os
import re
import site
import sys
import sysconfig
from collections.abc import Set
from pathlib import Path
from typing import Final

from grader.quick_dataclass import dataclass

_ODD_FILES: Final = (
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/usr/lib/locale/C.utf8",
)
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
MACHINE: Final = "/proc/cpuinfo"  # libraries choose their instructions by it
_LIBRARY: Final = re.compile(r"\.so(\.|$)")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The program of this Python, and the paths that it needs.

    Attributes
    ----------
    program : Path
        The program.
    paths : tuple of Path
        What it needs.
    hidden_inside : tuple of Path
        Folders inside of these paths to leave out.
    without_hidden : tuple of Path
        Paths that hold the same but those folders.
    """

    program: Path
    paths: tuple[Path, ...]
    hidden_inside: tuple[Path, ...]
    without_hidden: tuple[Path, ...]


def program() -> Path:
    """Return the program of this Python, not a virtual environment's stand-in for it."""
    return Path(getattr(sys, "_base_executable", None) or sys.executable).resolve()


@functools.cache
def interpreter() -> Interpreter:
    """Return what this Python consists of."""
    library = {Path(sysconfig.get_path(name)).resolve() for name in ("stdlib", "platstdlib")}
    found = {program(), *library, *_system_folders(), *_loose_libraries()}
    found.update(Path(name) for name in _ODD_FILES)
    shared = sysconfig.get_config_var("DESTSHARED")
    if shared:
        found.add(Path(shared))
    outer: dict[Path, None] = {}
    for path in sorted(path for path in found if path.exists()):
        if outer.keys().isdisjoint(path.parents):
            outer[path] = None
    hidden = [each for each in _hidden(library) if not outer.keys().isdisjoint(each.parents)]
    above = {parent for each in hidden for parent in each.parents}
    kept = [each for path in outer for each in _split(path, frozenset(hidden), above)]
    return Interpreter(program(), tuple(outer), tuple(hidden), tuple(kept))


def _split(path: Path, hidden: Set[Path], above: Set[Path]) -> list[Path]:
    """Return paths that hold what `path` holds, but for hidden folders; `above` hold one."""
    if path in hidden:
        return []
    if path not in above:
        return [path]
    return [kept for entry in sorted(path.iterdir()) for kept in _split(entry, hidden, above)]


def _hidden(library: set[Path]) -> list[Path]:
    """Return the folders of installed packages, and all else that this process imports from."""
    found = {Path(entry).resolve() for entry in sys.path if entry and Path(entry).is_dir()}
    found.update(Path(name).resolve() for name in site.getsitepackages())
    found.update(folder / "site-packages" for folder in library)
    inner = {folder / "lib-dynload" for folder in library}
    return sorted(
        path
        for path in found - library - inner
        if path.is_dir() and not any(path in folder.parents for folder in library)
    )


def _system_folders() -> list[Path]:
    """Return the folders of the system's shared libraries."""
    architecture = sysconfig.get_config_var("MULTIARCH")
    if architecture and Path("/usr/lib", architecture).is_dir():
        loaders = sorted(Path("/lib").glob("ld-*.so*"))
        return [
            Path("/lib64"),
            Path("/lib", architecture),
            Path("/usr/lib", architecture),
            *loaders,
        ]
    return [Path(name) for name in ("/lib", "/lib64", "/usr/lib", "/usr/lib64")]


def _loose_libraries() -> list[Path]:
    """Return the single libraries beside this Python, and those that it has loaded."""
    folders = [str(Path(sys.base_prefix, "lib"))]
    folders += filter(None, os.environ.get("LD_LIBRARY_PATH", "").split(":"))
    found = [
        path
        for folder in folders
        if Path(folder).is_dir()
        for path in Path(folder).iterdir()
        if _LIBRARY.search(path.name)
    ]
    maps = os.fsdecode(Path("/proc/self/maps").read_bytes()).splitlines()
    mapped = {line.split(None, 5)[5] for line in maps if ".so" in line}
    own = tuple(str(path) + "/" for path in _packages_folders())
    return found + [Path(name) for name in mapped if not name.startswith(own)]


def _packages_folders() -> list[Path]:
    return [Path(entry).resolve() for entry in sys.path if entry.endswith("-packages")]
