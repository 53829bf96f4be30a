"""Which modules a submission may import: the standard library and the course's packages."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any


class AllowedPackages:
    """Finds the packages that were named, each by its own folder, and no neighbours of theirs.

    Parameters
    ----------
    folders : mapping
        The folder or file of each top-level module that can be imported.
    offered : iterable of str
        Those that the course names; the others are what these require.
    metadata : iterable of str
        The files that `importlib.metadata` reads of them.
    """

    def __init__(
        self, folders: Mapping[str, str], offered: Iterable[str] = (), metadata: Iterable[str] = ()
    ) -> None:
        self.folders = dict(folders)
        self.offered = tuple(offered)
        self._metadata = tuple(metadata)

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the finder's protocol
        target: ModuleType | None = None,  # noqa: ARG002 - the finder's protocol
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of an allowed top-level package or module, else None."""
        location = self.folders.get(fullname)
        if location is None:
            return None
        if not Path(location).is_dir():
            return importlib.util.spec_from_file_location(fullname, location)
        first = Path(location, "__init__.py")
        if first.exists():
            return importlib.util.spec_from_file_location(
                fullname, str(first), submodule_search_locations=[location]
            )
        spec = importlib.machinery.ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [location]
        return spec

    def find_distributions(self, context: Any) -> Iterator[Any]:
        """Give what `importlib.metadata` asks for, as its own finder does."""
        from importlib.metadata import PathDistribution

        for folder in (Path(file).parent for file in self._metadata):
            if context.name is None or _normal(context.name) == _normal(folder.stem.split("-")[0]):
                yield PathDistribution(folder)

    def hide(self, names: Iterable[str]) -> None:
        """Hide what the host needed for itself but the course does not offer."""
        hidden = set(names)
        for name in hidden:
            del self.folders[name]
        for module in list(sys.modules):
            if module.partition(".")[0] in hidden:
                del sys.modules[module]


def _normal(name: str) -> str:
    """Return a distribution's name in the one way of writing it."""
    return re.sub(r"[-_.]+", "_", name).lower()
