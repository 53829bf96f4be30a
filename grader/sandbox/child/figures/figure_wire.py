"""Figures as plain values of the closed set, and back from values that may be anything."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ..framing import WireError
from . import png
from .figure import Axes, Bars, Figure, Image, Line, Numbers, Points, Text

MAX_TEXT: Final = 1_000
MAX_ARTISTS: Final = 2_000
MAX_AXES: Final = 64
MAX_TICKS: Final = 200
_COLOUR: Final = frozenset("0123456789abcdef")


def packed(figure: Figure) -> list[Any]:
    """Return a figure as a list of plain values; numbers stay arrays."""
    return [_plain(getattr(figure, each.name)) for each in dataclasses.fields(figure)]


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return [_plain(getattr(value, each.name)) for each in dataclasses.fields(value)]
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def unpacked(fields: list[Any]) -> Figure:
    """Return the figure of a list.

    Raises
    ------
    WireError
        It is none.
    """
    return _record(Figure, fields)  # type: ignore[no-any-return]


def _record(kind: Any, fields: Any) -> Any:
    """Return the record of a kind whose fields are a list."""
    known = dataclasses.fields(kind)
    if type(fields) is not list or len(fields) != len(known):
        raise WireError(f"no {kind.__name__}")
    read = _FIELDS[kind]
    found = kind(*(read[each.name](value) for each, value in zip(known, fields, strict=True)))
    lengths = {len(getattr(found, name)) for name in _ALIKE.get(kind, ())}
    if kind is Image and len(found.values):
        lengths = {len(found.values), math.prod(found.shape)}
    if len(lengths) > 1:
        raise WireError(f"a {kind.__name__} whose numbers disagree")
    return found


def _text(value: Any) -> str:
    if type(value) is not str or len(value) > MAX_TEXT:
        raise WireError("a text of a figure")
    return value


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise WireError("a number of a figure")
    return float(value)


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise WireError("a flag of a figure")
    return value


def _numbers(value: Any) -> Numbers:
    if type(value) is not np.ndarray or value.ndim != 1 or value.dtype != np.float64:
        raise WireError("numbers of a figure")
    return value


def _colour(value: Any) -> str:
    if type(value) is not str or (value and not _is_colour(value)):
        raise WireError("a colour of a figure")
    return value


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and set(text[1:]) <= _COLOUR


def _many(read: Callable[[Any], Any], most: int) -> Callable[[Any], tuple[Any, ...]]:
    def every(value: Any) -> tuple[Any, ...]:
        if type(value) is not list or len(value) > most:
            raise WireError("too much in a figure")
        return tuple(map(read, value))

    return every


def _pair(value: Any) -> tuple[float, ...]:
    found = _many(_number, 2)(value)
    if len(found) != 2:
        raise WireError("a pair of a figure")
    return found


def _level(value: Any) -> tuple[str, float]:
    if type(value) is not list or len(value) != 2 or value[0] not in ("x", "y"):
        raise WireError("a level of a figure")
    return value[0], _number(value[1])


def _size(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise WireError("a size of a figure")
    return value


def _perhaps(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    return _many(lambda value: _record(kind, value), MAX_ARTISTS)


_TEXTS: Final = _many(_text, MAX_ARTISTS)
_COLOURS: Final = _many(_colour, MAX_ARTISTS)
_FIELDS: Final[dict[Any, dict[str, Callable[[Any], Any]]]] = {
    Line: {
        **{"x": _numbers, "y": _numbers, "label": _text, "colour": _colour},
        **{"style": _text, "marker": _text, "width": _number},
    },
    Bars: {
        **dict.fromkeys(("positions", "heights", "widths", "starts"), _numbers),
        **{"label": _text, "colours": _COLOURS, "horizontal": _flag},
    },
    Points: {
        **{"x": _numbers, "y": _numbers, "label": _text, "colours": _COLOURS, "sizes": _numbers},
    },
    Image: {
        **{"shape": _many(_size, 4), "extent": _many(_number, 4), "colours": _text},
        "values": _numbers,
    },
    Text: {"text": _text, "x": _number, "y": _number},
    Axes: {
        **dict.fromkeys(("title", "xlabel", "ylabel", "zlabel", "xscale", "yscale"), _text),
        **{"xlim": _pair, "ylim": _pair, "xticks": _numbers, "yticks": _numbers},
        **dict.fromkeys(("xtick_labels", "ytick_labels", "others"), _TEXTS),
        **{"lines": _of(Line), "bars": _of(Bars), "points": _of(Points), "images": _of(Image)},
        **{"texts": _of(Text), "shares": _numbers, "levels": _many(_level, MAX_ARTISTS)},
        **{"legend": _perhaps(_TEXTS), "grid": _flag, "projection": _text},
    },
    Figure: {
        **{"suptitle": _text, "axes": _many(lambda value: _record(Axes, value), MAX_AXES)},
        **{"bars_of_colours": _TEXTS, "size": _pair},
        "picture": lambda data: png.checked(data) if data else b"",
    },
}
_ALIKE: Final = {
    Line: ("x", "y"),
    Bars: ("positions", "heights", "widths", "starts"),
    Points: ("x", "y"),
}
