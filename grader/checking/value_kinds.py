"""Of what kind a value is, in words, and how it differs from the kind that a check needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from grader.checking.student.student_object import StudentObject
from grader.sandbox.child.figures.figure import Axes, Figure
from grader.sandbox.child.tables.moments import fields_of
from grader.sandbox.child.tables.table import ARRAY, FRAME, INDEX, SERIES, form_of

_MOST_PARTS: Final = 16
_DEEPEST: Final = 3
_SEVERAL: Final = ("a list", "a tuple", "an array")
_TABLES: Final = {FRAME: "a table", SERIES: "a column", INDEX: "an index", ARRAY: "an array"}
_SHAPED: Final = ("an array", *_TABLES.values())
_MOST_KEYS: Final = 8


@dataclass(frozen=True, slots=True)
class Kind:
    """What can be said of a value without saying which it is.

    Attributes
    ----------
    words : str
        Such as "a number".
    shape : tuple of int
        The shape of an array; the length of a list or tuple.
    keys : tuple of str
        Those of a dictionary.
    parts : tuple of Kind
        The kinds of what is in a short list, tuple or dictionary.
    """

    words: str
    shape: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    parts: tuple[Kind, ...] = ()


def kind_of(value: Any, depth: int = 0) -> Kind:
    """Return the kind of a value of the closed set."""
    if isinstance(value, np.ndarray):
        return Kind("an array", value.shape)
    if isinstance(value, Figure | Axes):
        return Kind("a figure")
    if form := form_of(value):
        return Kind(_TABLES[form], tuple(value.shape))
    if isinstance(value, list | tuple):
        words = "a list" if isinstance(value, list) else "a tuple"
        return Kind(words, (len(value),), (), _parts(value, depth))
    if isinstance(value, dict):
        return Kind("a dictionary", (), tuple(map(str, value)), _parts(list(value.values()), depth))
    if isinstance(value, set | frozenset):
        return Kind("a set")
    if value is None:
        return Kind("None")
    if isinstance(value, bool | np.bool_):
        return Kind("a truth value")
    if isinstance(value, complex) and not isinstance(value, float):
        return Kind("a complex number")
    if isinstance(value, int | float | np.number):
        return Kind("a number")
    if isinstance(value, str):
        return Kind("a text")
    if fields_of(value) is not None:
        return Kind("a date or time")
    if isinstance(value, StudentObject):
        return Kind("an object")
    return Kind("bytes" if isinstance(value, bytes) else "a function")


def _parts(values: Sequence[Any], depth: int) -> tuple[Kind, ...]:
    if depth == _DEEPEST or len(values) > _MOST_PARTS:
        return ()
    return tuple(kind_of(value, depth + 1) for value in values)


def misfit(function: str, actual: Kind, needed: Kind, *, called: bool = True) -> str | None:
    """Return how what a function returned is of another kind than is needed; None where it is not.

    Examples
    --------
    >>> misfit("mean", kind_of("a"), kind_of(1.5))
    'mean returned a text where a number is needed.'
    >>> misfit("mean", kind_of(None), kind_of(1.5))
    'mean returned None: is a `return` missing?'
    """
    if called and actual.words == "None" != needed.words:
        return f"{function} returned None: is a `return` missing?"
    found = next(_misfits(actual, needed), None)
    if found is None:
        return None
    place, text = found
    if not called:
        return f"{place} of {function} is {text}." if place else f"{function} is {text}."
    if place:
        return f"{place} of what {function} returned is {text}."
    return f"{function} returned {text}."


def much_apart(actual: Kind, needed: Kind) -> bool:
    """Return whether the kinds differ in more than whether it is a list, a tuple or an array."""
    if actual.words in _SEVERAL and needed.words in _SEVERAL:
        return False
    return actual.words != needed.words


def shape_in_words(shape: tuple[int, ...]) -> str:
    """Return what an array of a shape is: the shape `()` is one number."""
    return f"an array of shape {shape}" if shape else "one number"


def _misfits(actual: Kind, needed: Kind, place: str = "") -> Iterator[tuple[str, str]]:
    if actual.words != needed.words:
        yield place, f"{actual.words} where {needed.words} is needed"
    elif actual.words in _SHAPED and actual.shape != needed.shape:
        if actual.shape and needed.shape:
            shapes = f"{actual.shape} where shape {needed.shape} is needed"
            yield place, f"{actual.words} of shape {shapes}"
        else:
            right = shape_in_words(needed.shape)
            yield place, f"{shape_in_words(actual.shape)} where {right} is needed"
    elif actual.shape != needed.shape:
        yield place, f"{actual.words} of {actual.shape[0]} where one of {needed.shape[0]} is needed"
    elif set(actual.keys) != set(needed.keys):
        names = ", ".join(map(repr, actual.keys[:_MOST_KEYS])) or "none"
        yield place, f"a dictionary whose keys are not those that are needed (they are: {names})"
    elif len(actual.parts) == len(needed.parts):
        wanted = dict(zip(needed.keys, needed.parts, strict=False))
        for index, part in enumerate(actual.parts):
            key = actual.keys[index] if actual.keys else None
            below = f"[{index if key is None else repr(key)}]"
            other = needed.parts[index] if key is None else wanted[key]
            yield from _misfits(part, other, f"{place or 'Entry '}{below}")
