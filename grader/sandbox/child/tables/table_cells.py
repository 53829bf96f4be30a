"""The values of a table's columns one by one, as plain Python has them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from .table import (
    CATEGORIES,
    DATES,
    INTERVALS,
    LEVELS,
    MOMENTS,
    PERIODS,
    RANGE,
    SPANS,
    TIMES,
    Column,
    Labels,
)

MISSING: Final = None
"""What stands for a value that is missing."""

_OPENING: Final = {"left": "[", "both": "[", "right": "(", "neither": "("}
_CLOSING: Final = {"left": ")", "both": "]", "right": "]", "neither": ")"}
_NOT_A_TIME: Final = np.iinfo(np.int64).min
_PERIODS: Final = {"M": "M", "ME": "M", "Y": "Y", "Y-DEC": "Y", "D": "D", "h": "h", "min": "m"}


def cells(column: Column, places: Any = slice(None)) -> list[Any]:
    """Return a column's values, or those at some places; a missing one is None, as NaN is."""
    if column.kind == INTERVALS:
        left, right = (cells(end, places) for end in column.parts)
        side = column.detail[0]
        return [
            None if low is None else f"{_OPENING[side]}{low}, {high}{_CLOSING[side]}"
            for low, high in zip(left, right, strict=True)
        ]
    if isinstance(column.values, list):
        found = np.empty(len(column.values), dtype=object)
        found[:] = [_Held(value) for value in column.values]
        values = [held.value for held in found[places]]
    else:
        values = _of_array(column, column.values[places])
    gaps = None if column.missing is None else column.missing[places].tolist()
    return [
        None if (gaps is not None and gaps[place]) or is_missing(value) else value
        for place, value in enumerate(values)
    ]


class _Held:
    """A value that NumPy is not to look into."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def is_missing(value: Any) -> bool:
    """Return whether a value stands for a missing one: None, NaN, NaT or NA."""
    if isinstance(value, float | np.floating | np.datetime64 | np.timedelta64):
        return bool(value != value)
    return value is None or type(value).__name__ in ("NAType", "NaTType")


def _of_array(column: Column, values: Any) -> list[Any]:
    if column.kind == CATEGORIES:
        names = [*cells(column.parts[0]), None]
        return [names[code] for code in values.tolist()]
    if column.kind == MOMENTS:
        return _times(values.astype(np.int64).view(f"M8[{column.detail[0]}]"))
    if column.kind == SPANS:
        found = values.astype(np.int64).view(f"m8[{column.detail[0]}]").tolist()
        counts = values.tolist()
        return [
            None if count == _NOT_A_TIME else span
            for span, count in zip(found, counts, strict=True)
        ]
    if column.kind == DATES:
        return _times(values.astype(np.int64).view("M8[D]"))
    if column.kind == TIMES:
        return [str(each)[11:] for each in values.astype(np.int64).view("M8[ns]")]
    if column.kind == PERIODS and column.detail[0] in _PERIODS:
        return _times(values.astype(np.int64).view(f"M8[{_PERIODS[column.detail[0]]}]"))
    return list(values.tolist())


def _times(moments: Any) -> list[Any]:
    """Return moments as texts, without what is nothing but zeros at their end."""
    texts = [None if text == "NaT" else text for text in np.datetime_as_string(moments).tolist()]
    return [None if text is None else _short(text) for text in texts]


def _short(text: str) -> str:
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.removesuffix("T00:00:00").replace("T", " ")


def labels_of(labels: Labels | None, places: Any = slice(None)) -> list[Any]:
    """Return labels one by one, or those at some places; those of several levels as tuples."""
    if labels is None:
        return []
    if labels.kind == RANGE:
        start, _, step = labels.bounds
        return list((np.arange(len(labels))[places] * step + start).tolist())
    if labels.kind != LEVELS:
        return cells(labels.levels[0], places)
    names = [[*cells(level), None] for level in labels.levels]
    return list(
        zip(
            *(
                [level[code] for code in codes[places].tolist()]
                for level, codes in zip(names, labels.codes, strict=True)
            ),
            strict=True,
        )
    )
