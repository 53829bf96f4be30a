"""A module as it was after a named cell: its names then, with copies of what may be changed."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from .libraries import kind_in

_CHANGEABLE: Final = (list, dict, set, bytearray, np.ndarray)


class NotKeptError(Exception):
    """Nothing was kept of a cell: the submission has none of that name, or has not come to it."""


class Kept:
    """What a module had after some cells, by their names."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._after: dict[str, dict[str, Any]] = {}

    def keep(self, cell: str) -> None:
        """Keep what the module has now; what cannot be copied goes on as it is."""
        found = self._after[cell] = dict(self._namespace)
        tables = *kind_in("pandas", "DataFrame"), *kind_in("pandas", "Series")
        known: dict[int, Any] = {}
        for name, value in list(found.items()):
            if not name.startswith("__") and isinstance(value, (*_CHANGEABLE, *tables)):
                with contextlib.suppress(Exception):  # the student's own parts may refuse
                    found[name] = copy.deepcopy(value, known)

    @contextmanager
    def as_after(self, cell: str) -> Iterator[None]:
        """Have the module as it was after a cell; what is changed in it meanwhile stays there.

        Raises
        ------
        NotKeptError
            It is not known.
        """
        if cell not in self._after:
            raise NotKeptError
        now = dict(self._namespace)
        self._put(self._after[cell])
        try:
            yield
        finally:
            self._after[cell] = dict(self._namespace)
            self._put(now)

    def _put(self, names: dict[str, Any]) -> None:
        self._namespace.clear()
        self._namespace.update(names)
