"""Which modules a submission may import: the standard library and the course's packages."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType


class AllowedPackages(importlib.abc.MetaPathFinder):
    """Finds the packages that were named, each by its own folder, and no neighbours of theirs."""

    def __init__(self, folders: Mapping[str, str]) -> None:
        self.folders = dict(folders)

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
        if location.endswith(".py"):
            return importlib.util.spec_from_file_location(fullname, location)
        return importlib.util.spec_from_file_location(
            fullname, str(Path(location) / "__init__.py"), submodule_search_locations=[location]
        )

    def keep_only(self, names: Iterable[str]) -> None:
        """Hide what the host needed for itself but the course does not offer."""
        kept = set(names)
        hidden = set(self.folders) - kept
        for name in hidden:
            del self.folders[name]
        for module in list(sys.modules):
            if module.partition(".")[0] in hidden:
                del sys.modules[module]
