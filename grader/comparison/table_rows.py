"""Rows of two tables held against each other where their order does not count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from grader.comparison import values
from grader.comparison.set_words import written
from grader.comparison.table_columns import Values, agree, same_cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_PAIRS: Final = 4_000_000
_DIGITS: Final = 6


def matched_rows(
    actual: Sequence[Values], expected: Sequence[Values], tolerance: values.Tolerance
) -> list[int]:
    """Return for each row of the one table the row of the other that it is held against.

    Rows that agree are found first; what is left over is paired in the order of both.
    """
    rows = len(actual[0]) if actual else 0
    partner = _partners(actual, expected, tolerance)
    taken = set(partner.values())
    left = iter(place for place in range(rows) if place not in taken)
    return [partner[place] if place in partner else next(left) for place in range(rows)]


def rows_apart(
    actual: Sequence[Values], expected: Sequence[Values], tolerance: values.Tolerance
) -> tuple[list[int], list[int]]:
    """Return the rows of each table that the other does not have, by their places."""
    partner = _partners(actual, expected, tolerance)
    taken = set(partner.values())
    found, right = (len(table[0]) if table else 0 for table in (actual, expected))
    more = [place for place in range(found) if place not in partner]
    return more, [place for place in range(right) if place not in taken]


def _partners(
    actual: Sequence[Values], expected: Sequence[Values], tolerance: values.Tolerance
) -> dict[int, int]:
    """Return for rows of the one table rows of the other that agree, each one once."""
    if not actual:
        return {}
    own, wanted = _keys(actual), _keys(expected)
    waiting: dict[Any, list[int]] = {}
    for place, key in enumerate(wanted):
        waiting.setdefault(key, []).append(place)
    partner: dict[int, int] = {}
    for place, key in enumerate(own):
        for other in waiting.get(key, ())[:_FEW]:
            if _row_agrees(actual, place, expected, other, tolerance):
                partner[place] = other
                waiting[key].remove(other)
                break
    _match_the_rest(actual, expected, partner, tolerance)
    return partner


_FEW: Final = 50


def _match_the_rest(
    actual: Sequence[Values],
    expected: Sequence[Values],
    partner: dict[int, int],
    tolerance: values.Tolerance,
) -> None:
    """Match rows whose keys differ by rounding alone, where there are not too many."""
    taken = set(partner.values())
    own = [place for place in range(len(actual[0])) if place not in partner]
    left = [place for place in range(len(expected[0])) if place not in taken]
    if len(own) * len(left) * len(actual) > _MOST_PAIRS:
        return
    free = np.ones(len(left), dtype=bool)
    others = [column.taken(left) for column in expected]
    for place in own:
        same = free.copy()
        for column, other in zip(actual, others, strict=True):
            if not same.any():
                break
            same &= _agrees_with(column, place, other, tolerance)
        where = np.flatnonzero(same)
        if len(where):
            partner[place] = left[where[0]]
            free[where[0]] = False


def _agrees_with(
    column: Values, place: int, others: Values, tolerance: values.Tolerance
) -> NDArray[np.bool_]:
    return agree(column.taken([place] * len(others)), others, tolerance)


def _row_agrees(
    actual: Sequence[Values],
    place: int,
    expected: Sequence[Values],
    other: int,
    tolerance: values.Tolerance,
) -> bool:
    return all(
        same_cell(column.cells[place], right.cells[other], tolerance)
        for column, right in zip(actual, expected, strict=True)
    )


def _keys(columns: Sequence[Values]) -> list[Any]:
    """Return for each row what is the same for rows that agree, but for a few at the edges."""
    return list(zip(*([_key(cell) for cell in column.cells] for column in columns), strict=True))


def _key(cell: Any) -> Any:
    if isinstance(cell, bool) or cell is None:
        return cell
    if isinstance(cell, int | float):
        return f"{cell:.{_DIGITS}g}"
    return written(cell) if isinstance(cell, set) else repr(cell)
