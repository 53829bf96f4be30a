"""Building the document's frozen dataclasses from decoded JSON, strictly, by their own types."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import is_dataclass
from enum import EnumType
from functools import cache
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

_NAMES = {dict: "an object", list: "a list", str: "a text", int: "an integer", bool: "a boolean"}


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
    if is_dataclass(kind):
        return _read_record(kind, value, where)
    origin = get_origin(kind)
    if origin is tuple:
        items = _expect(list, value, where)
        return tuple(read(get_args(kind)[0], item, f"{where}[{i}]") for i, item in enumerate(items))
    if origin is UnionType:
        inner, _none = get_args(kind)
        return None if value is None else read(inner, value, where)
    if origin is Literal or isinstance(kind, EnumType):
        return _read_word(kind, value, where)
    return _read_number(value, where) if kind is float else _expect(kind, value, where)


def _read_record(kind: Any, value: object, where: str) -> Any:
    fields = _fields(kind)
    data = _expect(dict, value, where)
    if missing := sorted(fields.keys() - data.keys()):
        raise ValueError(f"{where} lacks {', '.join(missing)}")
    if unknown := sorted(data.keys() - fields.keys()):
        raise ValueError(f"{where} has unknown keys: {', '.join(map(ascii, unknown))}")
    return kind(**{key: read(field, data[key], f"{where}.{key}") for key, field in fields.items()})


@cache
def _fields(kind: Any) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _read_word(kind: Any, value: object, where: str) -> Any:
    enum = isinstance(kind, EnumType)
    words = [str(member) for member in kind] if enum else list(get_args(kind))
    if not isinstance(value, str) or value not in words:
        raise ValueError(f"{where} must be one of {', '.join(words)}")
    return kind(value) if enum else value


def _read_number(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{where} must be a number")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not 0 <= number < math.inf:
        raise ValueError(f"{where} must be a finite number that is not negative")
    return number


def _expect(kind: Any, value: object, where: str) -> Any:
    # bool is an int to isinstance, but no document writes `true` for a number.
    if type(value) is not kind:
        raise ValueError(f"{where} must be {_NAMES[kind]}")
    return value
