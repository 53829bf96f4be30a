"""Of what kind a value is, in words, and how it differs from the kind that a check needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from grader.checking.student.student_object import StudentObject
from grader.language import Message, enumerated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.sandbox.child.figures.figure import Axes, Figure
from grader.sandbox.child.tables.moments import fields_of
from grader.sandbox.child.tables.table import ARRAY, FRAME, INDEX, SERIES, form_of

_MOST_PARTS: Final = 16
_DEEPEST: Final = 3
_LIST, _TUPLE, _ARRAY, _NONE = _("a list"), _("a tuple"), _("an array"), _("None")
_SEVERAL: Final = (_LIST, _TUPLE, _ARRAY)
_TABLES: Final = {FRAME: _("a table"), SERIES: _("a column"), INDEX: _("an index"), ARRAY: _ARRAY}
_SHAPED: Final = (_ARRAY, *_TABLES.values())
_MOST_KEYS: Final = 8
_OTHER_KIND: Final = _("{kind} where {needed} is needed")
_FUNCTION: Final = _("a function")
_NAMED: Final = {"a generator": _("a generator"), "a function": _FUNCTION}


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
    named : str
        What an object is called where it is missing, such as "a generator".
    """

    words: str
    shape: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    parts: tuple[Kind, ...] = ()
    named: str = ""


def kind_of(value: Any, depth: int = 0) -> Kind:
    """Return the kind of a value of the closed set."""
    if isinstance(value, np.ndarray):
        return Kind(_ARRAY, value.shape)
    if isinstance(value, Figure | Axes):
        return Kind(_("a figure"))
    if form := form_of(value):
        return Kind(_TABLES[form], tuple(value.shape))
    if isinstance(value, list | tuple):
        words = _LIST if isinstance(value, list) else _TUPLE
        return Kind(words, (len(value),), (), _parts(value, depth))
    if isinstance(value, dict):
        parts = _parts(list(value.values()), depth)
        return Kind(_("a dictionary"), (), tuple(map(str, value)), parts)
    if isinstance(value, set | frozenset):
        return Kind(_("a set"))
    if value is None:
        return Kind(_NONE)
    if isinstance(value, bool | np.bool_):
        return Kind(_("a truth value"))
    if isinstance(value, complex) and not isinstance(value, float):
        return Kind(_("a complex number"))
    if isinstance(value, int | float | np.number):
        return Kind(_("a number"))
    if isinstance(value, str):
        return Kind(_("a text"))
    if fields_of(value) is not None:
        return Kind(_("a date or time"))
    if isinstance(value, StudentObject):
        named = _NAMED.get(value._bpgrade.words.partition(";")[0], "")
        return Kind(_("an object"), named=named)
    return Kind(_("bytes") if isinstance(value, bytes) else _FUNCTION)


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
    if called and actual.words == _NONE != needed.words:
        return returned_none(function)
    found = next(_misfits(actual, needed), None)
    if found is None:
        return None
    place, misfit = found
    if called and place:
        text = _("Entry {entry} of what {function} returned is {misfit}.")
    elif called:
        text = _("{function} returned {misfit}.")
    elif place:
        text = _("Entry {entry} of {function} is {misfit}.")
    else:
        text = _("{function} is {misfit}.")
    return text.format(entry=place, function=function, misfit=misfit)


def returned_none(function: str) -> Message:
    """Return that a function has returned None."""
    return _("{function} returned None: is a `return` missing?", function=function)


def much_apart(actual: Kind, needed: Kind) -> bool:
    """Return whether the kinds differ in more than whether it is a list, a tuple or an array."""
    if actual.words in _SEVERAL and needed.words in _SEVERAL:
        return False
    return actual.words != needed.words


def shape_in_words(shape: tuple[int, ...]) -> str:
    """Return what an array of a shape is: the shape `()` is one number."""
    return _("an array of shape {shape}", shape=shape) if shape else _("one number")


def _misfits(actual: Kind, needed: Kind, place: str = "") -> Iterator[tuple[str, str]]:
    if actual.words != needed.words:
        yield place, _OTHER_KIND.format(kind=actual.words, needed=needed.named or needed.words)
    elif actual.words in _SHAPED and actual.shape != needed.shape:
        if actual.shape and needed.shape:
            text = _("{kind} of shape {shape} where shape {needed} is needed")
            shapes = {"shape": actual.shape, "needed": needed.shape}
            yield place, text.format(kind=actual.words, **shapes)
        else:
            found, right = shape_in_words(actual.shape), shape_in_words(needed.shape)
            yield place, _OTHER_KIND.format(kind=found, needed=right)
    elif actual.shape != needed.shape:
        text = _("{kind} of {count} where one of {needed} is needed")
        counts = {"count": actual.shape[0], "needed": needed.shape[0]}
        yield place, text.format(kind=actual.words, **counts)
    elif set(actual.keys) != set(needed.keys):
        text = _("a dictionary whose keys are not those that are needed (they are: {names})")
        names = list(map(repr, actual.keys[:_MOST_KEYS]))
        yield place, text.format(names=enumerated(names) if names else _("none"))
    elif len(actual.parts) == len(needed.parts):
        wanted = dict(zip(needed.keys, needed.parts, strict=False))
        for index, part in enumerate(actual.parts):
            key = actual.keys[index] if actual.keys else None
            below = f"[{index if key is None else repr(key)}]"
            other = needed.parts[index] if key is None else wanted[key]
            yield from _misfits(part, other, f"{place}{below}")
