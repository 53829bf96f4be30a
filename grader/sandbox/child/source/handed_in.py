"""Importing what was handed in together with the submission, from memory; no file is read."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Final

from .cells import NOTHING_STOPPED, Cells, Failure, Stopped
from .source_text import SourceText

MAX_WRITTEN: Final = 100


class HandedIn:
    """Finds the modules that were handed in too, where nothing else has their names.

    Neither it nor the other finders have the base class of importlib, whose import takes each
    start 3 ms.

    They are as forgiving as the submission itself: what fails in one costs itself.

    Attributes
    ----------
    failed : callable
        Is told of the label and what has failed.
    labels : set of str
        The files that have been loaded.
    until : float, optional
        When the submission has to be loaded, in `time.monotonic()` seconds; None once it is.
    """

    def __init__(self, modules: Sequence[Sequence[str]], seconds: float) -> None:
        self._files = {name: (label, source) for name, label, source in modules}
        self._seconds = seconds
        self.definitions_only = False
        self.stopped: Stopped = NOTHING_STOPPED
        self.failed: Callable[[str, list[Failure]], None] = lambda _label, _failures: None
        self.labels: set[str] = set()
        self.until: float | None = None

    def __bool__(self) -> bool:
        return bool(self._files)

    def add(self, path: str, source: str) -> None:
        """Take in a file that the submission writes, as `%%writefile` does."""
        if len(self._files) < MAX_WRITTEN:
            self._files[module_name(path)] = (path, source)

    def module(self, path: str) -> ModuleType:
        """Return the module that a file is, as for `%run`.

        Raises
        ------
        FileNotFoundError
            It was not handed in.
        """
        name = module_name(path)
        if name not in self._files:
            raise FileNotFoundError(f"{path} was not handed in")
        if name in sys.modules:
            return sys.modules[name]
        module = importlib.util.module_from_spec(self._spec(name))
        sys.modules[name] = module
        self.exec_module(module)
        return module

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002 - the finder's protocol
        target: ModuleType | None = None,  # noqa: ARG002 - the finder's protocol
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec of a module that was handed in."""
        return self._spec(fullname) if fullname in self._files else None

    def _spec(self, name: str) -> importlib.machinery.ModuleSpec:
        inside = any(other.startswith(f"{name}.") for other in self._files)
        package = inside or self._files[name][0].endswith("__init__.py")
        return importlib.machinery.ModuleSpec(name, self, is_package=package)  # type: ignore[arg-type]

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        """Have Python make it, as any module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module."""
        label, source = self._files[module.__name__]
        self.labels.add(label)
        module.__file__ = label
        tree = SourceText(source, label).tree
        only, stopped = self.definitions_only, self.stopped
        seconds = self._seconds if self.until is None else self.until - time.monotonic()
        cells = Cells(module.__dict__, seconds, only, main=False, stopped=stopped)
        self.failed(label, cells.run(tree, label, 0.8))


def module_name(path: str) -> str:
    """Return the name that the file at a path is imported by."""
    stem = path.removesuffix(".py").removesuffix(".ipynb").removeprefix("./")
    return stem.removesuffix("/__init__").replace("/", ".")
