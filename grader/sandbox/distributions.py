"""Installed distributions: which provide a package, what they require, what they have installed."""

from __future__ import annotations

import importlib.machinery
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    packages_distributions,
)
from pathlib import Path
from typing import TYPE_CHECKING, Final

from grader.quick_dataclass import dataclass

if TYPE_CHECKING:
    from packaging.requirements import Requirement


_NAMED_OTHERWISE: Final = {
    "Bio": "biopython",
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless",
    "dateutil": "python-dateutil",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
_SUFFIXES: Final = tuple(importlib.machinery.all_suffixes())


@dataclass(frozen=True, slots=True)
class InstalledEntry:
    """What a distribution has put beside others: a module's name, or "" for libraries, and where.

    `name` is what it is imported by; a folder of shared libraries, or of metadata, has none.
    """

    name: str
    path: Path


def pip_name(package: str) -> str:
    """Return what to tell pip for a package that is imported by a name, and is not installed."""
    return _NAMED_OTHERWISE.get(package, package)


def canonical(name: str) -> str:
    """Return the form of a distribution's name by which names are compared.

    It is that of `packaging.utils.canonicalize_name`, whose import takes longer than all that is
    looked up for a course that needs NumPy alone.
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def providing(package: str) -> str | None:
    """Return the distribution that provides an installed package; None where none is known."""
    likely = pip_name(package)
    try:
        if any(entry.name == package for entry in entries(distribution(likely))):
            return canonical(likely)
    except PackageNotFoundError:
        pass
    found = packages_distributions().get(package)  # reads what each has installed
    return canonical(found[0]) if found else None


def requirements(
    name: str, environment: Mapping[str, str], extras: Iterable[str]
) -> list[Requirement]:
    """Return what a distribution requires with extras, in an environment.

    What `environment` does not say is as it is here.

    Raises
    ------
    PackageNotFoundError
        It is not installed.
    """
    lines = distribution(name).requires
    if not lines:
        return []
    from packaging.requirements import Requirement

    wanted = []
    for line in lines:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker is None or any(
            marker.evaluate({**environment, "extra": extra}) for extra in ("", *extras)
        ):
            wanted.append(requirement)
    return wanted


def entries(found: Distribution) -> Iterator[InstalledEntry]:
    """Give what a distribution has put among the installed packages."""
    folder = Path(str(found.locate_file("")))
    for first in _first_parts(found):
        path = folder / first
        if first in ("", "..", "__pycache__") or first.endswith(".pth") or not path.exists():
            continue
        if path.is_dir():
            named = first.isidentifier()
            yield InstalledEntry(first if named else "", path)
        elif suffix := next((each for each in _SUFFIXES if first.endswith(each)), ""):
            yield InstalledEntry(first.removesuffix(suffix), path)


def _first_parts(found: Distribution) -> set[str]:
    """Return the first part of each path that a distribution has installed."""
    record = found.read_text("RECORD")
    if record:
        return {line.partition(",")[0].strip('"').partition("/")[0] for line in record.splitlines()}
    names = (found.read_text("top_level.txt") or "").split()
    return {f"{name}{suffix}" for name in names for suffix in ("", *_SUFFIXES)}
