"""Libraries that a course may offer: whether they are here, without trusting what is called so."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


def loaded(name: str) -> ModuleType | None:
    """Return a library's module where it has been imported already, and is no stand-in."""
    module = sys.modules.get(name)
    return module if isinstance(getattr(module, _CLASS[name], None), type) else None


def imported(name: str) -> ModuleType | None:
    """Return a library's module, which is imported if need be; None where it is not installed."""
    if name not in sys.modules:
        try:
            importlib.import_module(name)
        except ImportError:
            return None
    return loaded(name)


def kind_in(name: str, *path: str) -> tuple[Any, ...]:
    """Return the class that a loaded library has at a path, alone in a tuple; else none.

    So it can be asked for by `isinstance` wherever that library is or is not.
    """
    found: object = loaded(name)
    for part in path:
        found = getattr(found, part, None)
    return (found,) if isinstance(found, type) else ()


_CLASS = {
    "pandas": "DataFrame",
    "polars": "DataFrame",
    "torch": "Tensor",
    "scipy.sparse": "spmatrix",
    "matplotlib.axes": "Axes",
    "matplotlib.figure": "Figure",
}
