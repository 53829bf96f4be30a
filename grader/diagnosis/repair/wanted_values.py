"""Values that an expression may be meant to be worth, and what leads to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.diagnosis.repair.value_keys import Array, Key, key_of


def times_matrix(one: Any, two: Any) -> Any:
    """Return a matrix product."""
    return one @ two


def matrix_times(one: Any, two: Any) -> Any:
    """Return a matrix product, the second first."""
    return two @ one


class WantedValues:
    """Values that an expression may be meant to be worth."""

    def __init__(self, keys: frozenset[Key]) -> None:
        self.keys = keys
        first = [float(key[1]) for key in keys if len(key) > 1]
        self._first = np.sort(np.array([each for each in first if np.isfinite(each)]))

    def holds(self, value: Array) -> bool:
        """Return whether a value is wanted, or is a stack of such."""
        if key_of(value) in self.keys:
            return True
        return value.ndim == 3 and all(key_of(each) in self.keys for each in value)

    def near(self, results: Array) -> list[int]:
        """Return the rows of `results` whose first entry is that of a value which is wanted."""
        if not len(self._first) or not results.size:
            return []
        entries = results.reshape(len(results), -1)[:, 0]
        margin = 2e-9 * np.abs(entries) + 1e-12
        low = np.searchsorted(self._first, entries - margin)
        high = np.searchsorted(self._first, entries + margin)
        found: list[int] = np.flatnonzero(high > low).tolist()
        return found


def results_of(operate: Callable[[Any, Any], Any], one: Array, stack: Array) -> Array | None:
    """Return what an operation gives with each of several values of one shape."""
    lacking = one.ndim - (stack.ndim - 1)
    try:
        if operate is times_matrix or operate is matrix_times:
            results = np.array([operate(one, two) for two in stack])
        else:
            shape = (len(stack), *(1,) * max(lacking, 0), *stack.shape[1:])
            results = np.asarray(operate(one, stack.reshape(shape)))
    except (ValueError, TypeError):
        return None
    return results if results.ndim and len(results) == len(stack) else None


def is_steady(
    operate: Callable[[Any, Any], Any],
    values: tuple[Array, ...],
    others: tuple[Array, ...],
    wanted: WantedValues,
) -> bool:
    """Return whether an operation gives a wanted value the second time too."""
    if len(values) < 2:
        return True
    if len(others) not in (1, len(values)):
        return False
    try:
        key = key_of(np.asarray(operate(values[1], others[min(1, len(others) - 1)])))
    except (ValueError, TypeError):
        return False
    return key in wanted.keys


def leads_to(
    wanted: WantedValues, operate: Callable[[Any, Any], Any], one: Array, two: Array
) -> bool:
    """Return whether an operation gives one of the values that are wanted, and anything new."""
    key = key_of(np.asarray(operate(one, two)))
    return key in wanted.keys and key != key_of(one)
