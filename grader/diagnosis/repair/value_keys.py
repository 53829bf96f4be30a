"""What expressions are worth: keys that are equal for values that agree but for rounding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Key = tuple[Any, ...]
Array = NDArray[np.float64]


def number(value: Any) -> Array | None:
    """Return a value as an array of real numbers; None for any other value."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    if array.dtype.kind not in "iuf" or array.size > 200:
        return None
    return array.astype(np.float64)


def key_of(array: Array) -> Key:
    """Return a key of an array's shape and entries; a row is as good as a vector."""
    shape = tuple(each for each in array.shape if each != 1)
    return (shape, *(f"{entry + 0.0:.9e}" for entry in array.ravel().tolist()))


def is_zero(key: Key) -> bool:
    """Return whether all entries of a value are 0."""
    return all(float(each) == 0 for each in key[1:])


def keys_of(values: Sequence[Any]) -> tuple[Key, ...] | None:
    """Return the keys of what an expression was worth, one after another."""
    found = []
    for value in values:
        array = number(value)
        if array is None:
            return None
        found.append(key_of(array))
    return tuple(found) if found else None


def entries_of(array: Array) -> Iterable[Key]:
    """Return the keys of an array's entries."""
    return (key_of(np.asarray(entry)) for entry in array.ravel())
