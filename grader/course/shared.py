"""What the files of a course's `solutions/` share: they import it as `shared`.

Every course may have a `solutions/shared.py`, so the name holds only while files of that course
are run, and belongs to no course afterwards.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from grader.course.naming import SHARED


@contextmanager
def importing_shared(solutions: Path) -> Iterator[None]:
    """Let the files in the folder `solutions` import its `shared.py`, and that of no other course.

    Where it has none, `import shared` means what it means elsewhere.
    """
    before = sys.modules.pop(SHARED, None)
    finder = _SharedModuleFinder(solutions / f"{SHARED}.py")
    hidden = [each for each in sys.meta_path if isinstance(each, _SharedModuleFinder)]
    sys.meta_path[:] = [finder, *(each for each in sys.meta_path if each not in hidden)]
    try:
        yield
    finally:
        sys.meta_path[:] = [*hidden, *(each for each in sys.meta_path if each is not finder)]
        sys.modules.pop(SHARED, None)
        if before is not None:
            sys.modules[SHARED] = before


class _SharedModuleFinder(MetaPathFinder):
    def __init__(self, path: Path) -> None:
        self._path = path

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != SHARED or not self._path.is_file():
            return None
        return importlib.util.spec_from_file_location(SHARED, self._path)
