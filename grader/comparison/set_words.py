"""Sets in a line of text, the same in each process."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Any


def in_order(elements: Iterable[Any]) -> list[Any]:
    """Return the elements of a set in an order that is the same in each process."""
    return sorted(elements, key=lambda element: (type(element).__name__, _sortable(element)))


def written(elements: Set[Any]) -> str:
    """Return a set as Python would write it, its elements in order.

    Examples
    --------
    >>> written({2, 1})
    '{1, 2}'
    """
    if not elements:
        return repr(elements)
    text = f"{{{', '.join(map(repr, in_order(elements)))}}}"
    return f"frozenset({text})" if isinstance(elements, frozenset) else text


def _sortable(element: Any) -> tuple[float, str]:
    """Return what an element is sorted by: numbers by their size, all else by its text."""
    is_number = isinstance(element, int | float) and abs(element) < 1e300
    return (float(element) if is_number else 0.0), repr(element)
