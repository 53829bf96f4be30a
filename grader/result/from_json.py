"""Building the document's frozen dataclasses from decoded JSON, strictly, by their own types."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import is_dataclass
from enum import EnumType
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from grader.language import Message

_NAMES = {dict: "an object", list: "a list", str: "a text", int: "an integer", bool: "a boolean"}
_Reader = Callable[[object], Any]


class _Mismatch(Exception):  # noqa: N818 - it never leaves this module
    """A value of another type; the path to it grows on the way out."""

    def __init__(self, what: str) -> None:
        self.path = ""
        self.what = what


def read(kind: Any, value: object, where: str) -> Any:
    """Return `value`, which `json.loads` gave, as the annotated type `kind`.

    Parameters
    ----------
    kind
        A dataclass, StrEnum, Literal, `X | None`, `tuple[X, ...]`, str, int, float or bool.
    value
        Decoded JSON.
    where
        The value's path, for the message.

    Raises
    ------
    ValueError
        A key is missing or unknown, or a value is of another type.
    """
    try:
        return _reader(kind)(value)
    except _Mismatch as mismatch:
        raise ValueError(f"{where}{mismatch.path} {mismatch.what}") from None


@cache
def _reader(kind: Any) -> _Reader:
    """Return what reads one type; made once, since a batch reads thousands of documents."""
    if is_dataclass(kind):
        return _record_reader(kind)
    origin = get_origin(kind)
    if origin is tuple:
        return _list_reader(_reader(get_args(kind)[0]))
    if origin is UnionType:
        inner = _reader(get_args(kind)[0])
        return lambda value: None if value is None else inner(value)
    if origin is Literal:
        return _word_reader({word: word for word in get_args(kind)})
    if isinstance(kind, EnumType):
        members: list[Any] = list(kind)
        return _word_reader({str(member): member for member in members})
    return _number if kind is float else _exactly(kind)


def _record_reader(kind: Any) -> _Reader:
    readers = {key: _reader(field) for key, field in get_type_hints(kind).items()}

    def record(value: object) -> Any:
        if type(value) is not dict:
            raise _Mismatch(f"must be {_NAMES[dict]}")
        if missing := sorted(readers.keys() - value.keys()):
            raise _Mismatch(f"lacks {', '.join(missing)}")
        if unknown := sorted(value.keys() - readers.keys()):
            raise _Mismatch(f"has unknown keys: {', '.join(map(ascii, unknown))}")
        fields = {}
        key = ""
        try:
            for key, reader in readers.items():
                fields[key] = reader(value[key])
        except _Mismatch as mismatch:
            mismatch.path = f".{key}{mismatch.path}"
            raise
        return kind(**fields)

    return record


def _list_reader(reader: _Reader) -> _Reader:
    def items(value: object) -> tuple[Any, ...]:
        if type(value) is not list:
            raise _Mismatch(f"must be {_NAMES[list]}")
        found: list[Any] = []
        try:
            for item in value:
                found.append(reader(item))
        except _Mismatch as mismatch:
            mismatch.path = f"[{len(found)}]{mismatch.path}"
            raise
        return tuple(found)

    return items


def _word_reader(words: dict[str, Any]) -> _Reader:
    def word(value: object) -> Any:
        if not isinstance(value, str) or value not in words:
            raise _Mismatch(f"must be one of {', '.join(words)}")
        return words[value]

    return word


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _Mismatch("must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not 0 <= number < math.inf:
        raise _Mismatch("must be a finite number that is not negative")
    return number


def _exactly(kind: type) -> _Reader:
    def same(value: object) -> Any:
        # bool is an int to isinstance, but no document writes `true` for a number
        if type(value) is not kind and not (kind is str and isinstance(value, Message)):
            raise _Mismatch(f"must be {_NAMES[kind]}")
        return value

    return same
