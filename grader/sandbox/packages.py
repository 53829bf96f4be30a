"""Where the packages are that a course lets a submission import, with all that these require."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import os
import sys
from collections.abc import Collection, Iterable
from dataclasses import field
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.language import listed, ngettext_lazy
from grader.quick_dataclass import dataclass
from grader.sandbox import distributions
from grader.sandbox.distributions import InstalledEntry

_OWN: Final = "bpgrade"
_METADATA: Final = {".dist-info": "METADATA", ".egg-info": "PKG-INFO"}


@dataclass(frozen=True, slots=True)
class Packages:
    """Installed packages.

    Attributes
    ----------
    offered : tuple of str
        Those that were asked for.
    modules : mapping
        The folder, or the single file, of each top-level module: theirs, and those of all that
        they require.
    metadata : tuple of Path
        The files that describe them, as `importlib.metadata` reads them.
    libraries : tuple of Path
        The folders of shared libraries beside them.
    """

    offered: tuple[str, ...] = ()
    modules: dict[str, str] = field(default_factory=dict)
    metadata: tuple[Path, ...] = ()
    libraries: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """All that has to be readable for them to be imported."""
        modules = map(Path, self.modules.values())
        return tuple(dict.fromkeys((*modules, *self.libraries, *self.metadata)))


NO_PACKAGES: Final = Packages()


def locate(names: Iterable[str]) -> Packages:
    """Return where the packages of these names are, and all that they require.

    What one requires for its extras is left out, and so is what is not installed of the rest:
    a package that can do without it does.

    Raises
    ------
    CourseError
        Some of them are not installed; it names them all.
    """
    return _located(tuple(names), _installed())


def _installed() -> tuple[tuple[str, int], ...]:
    """Return what is another where packages have been installed or removed meanwhile."""
    return tuple((entry, _changed(entry or os.curdir)) for entry in sys.path)


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - it is asked at the start of each host
    except OSError:
        return 0


@functools.lru_cache(maxsize=64)
def _located(offered: tuple[str, ...], _state: tuple[tuple[str, int], ...]) -> Packages:
    specs = {name: importlib.util.find_spec(name) for name in offered}
    missing = [name for name in offered if specs[name] is None]
    if missing:
        command = f"pip install {' '.join(map(distributions.pip_name, missing))}"
        raise CourseError(
            ngettext_lazy(
                "the course needs {names}, which is not installed here",
                "the course needs {names}, which are not installed here",
                len(missing),
                names=listed(missing),
            ),
            _("install beside bpgrade: {command}", command=command),
        )
    found = [entry for each in _with_requirements(offered) for entry in _entries(each)]
    modules = {entry.name: str(entry.path.resolve()) for entry in found if entry.name}
    modules |= {name: _location(spec) for name, spec in specs.items() if spec}
    others = sorted({entry.path.resolve() for entry in found if not entry.name})
    libraries = tuple(path for path in others if path.suffix not in _METADATA)
    described = [path / _METADATA[path.suffix] for path in others if path.suffix in _METADATA]
    return Packages(offered, modules, tuple(filter(Path.is_file, described)), libraries)


def versions(names: Iterable[str]) -> dict[str, str]:
    """Return the versions of the packages of these names, and of all that they require."""
    return {found.name: found.version for found in _with_requirements(names)}


def _with_requirements(packages: Iterable[str]) -> list[Distribution]:
    """Return the distributions of packages, and all that these require and is installed."""
    open_ones: list[tuple[str, Collection[str]]] = [
        (each, ()) for each in map(distributions.providing, packages) if each
    ]
    found: dict[str, Distribution] = {}
    while open_ones:
        required, extras = open_ones.pop()
        name = distributions.canonical(required)
        if name == _OWN or (name in found and not extras):
            continue
        with contextlib.suppress(PackageNotFoundError):
            found[name] = distribution(name)
            needed = distributions.requirements(name, {}, extras)
            open_ones += [(one.name, one.extras) for one in needed]
    return list(found.values())


def _entries(one: Distribution) -> list[InstalledEntry]:
    """Return what a distribution has installed; by its name where that lies elsewhere."""
    found = list(distributions.entries(one))
    name = one.name.replace("-", "_")
    if not any(entry.name for entry in found) and name.isidentifier():
        spec = importlib.util.find_spec(name)
        found += [InstalledEntry(name, Path(_location(spec)))] if spec else []
    return found


def _location(spec: ModuleSpec) -> str:
    """Return the folder of a package, or the file of a module."""
    if spec.submodule_search_locations:
        return str(Path(next(iter(spec.submodule_search_locations))).resolve())
    return str(Path(spec.origin or "").resolve())
