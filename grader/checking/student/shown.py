"""Values and calls in a line, as Python would write them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from grader.comparison.set_words import written
from grader.comparison.table_words import table_in_words
from grader.language import Message, joined
from grader.language import gettext_lazy as _
from grader.sandbox.child.tables.table import described
from grader.sandbox.child_words import value_in_words

Asked = tuple[str, Message]
"""What was asked, as in `mean([1.0])`; and how an answer to that is told."""

RETURNED: Final = _("{asked} returned {answer}")
IS: Final = _("{asked} is {answer}")
HOLDS: Final = _("The file `{asked}` holds {answer}")
DRAWS: Final = _("{asked} draws {answer}")
_LONGEST: Final = 200
_UNNAMED: Final = re.compile(r"argument (\d+)")
_DEEPEST: Final = 8


class HasWords:
    """What is told in words of its own: `_bpgrade.words`."""

    __slots__ = ()
    _bpgrade: Any


class _Words:
    """Stands for what has words of its own, in a value that is shown."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __repr__(self) -> str:
        return self.words


def shown_value(value: Any) -> str:
    """Return a value as Python would write it, in a line, cut; an object in words."""
    if isinstance(value, HasWords):
        return value_in_words(_cut(value._bpgrade.words))
    table = described(value)
    if table is not None:
        return table_in_words(table, _LONGEST)
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=6, separator=", ", threshold=12)
        text = " ".join(text.split())
    else:
        text = repr(_in_words(value))
    return _cut(text)


def shown_argument(argument: Any) -> str:
    """Return an argument of a call as `shown_value` does, a function and a generator by a word."""
    if isinstance(argument, HasWords):
        shown: str = argument._bpgrade.short()
        return shown
    if isinstance(argument, np.random.Generator):
        return _("a random generator")  # NumPy's own text holds an address
    return _("a function") if callable(argument) else shown_value(argument)


def shown_call(
    function: str, names: tuple[str, ...], arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> str:
    """Return a call with its arguments' values."""
    parts = []
    for index, argument in enumerate(arguments):
        value = shown_argument(argument)
        parts.append(f"{names[index]}=" + value if index < len(names) else value)
    parts += [f"{name}=" + shown_argument(argument) for name, argument in named.items()]
    return written_call(function, parts)


def written_call(function: str, parts: Sequence[str]) -> str:
    """Return a call as Python has it, its arguments written already."""
    if any(isinstance(each, Message) for each in (function, *parts)):
        return joined(function, "(", joined(*parts, separator=", "), ")")
    return f"{function}({', '.join(parts)})"


def names_of(arguments: tuple[Any, ...], names: tuple[str, ...]) -> list[str]:
    """Return what the arguments of a call are called, in their order."""
    further = range(len(names), len(arguments))
    return [*names[: len(arguments)], *(f"argument {place + 1}" for place in further)]


def name_in_words(name: str) -> str:
    """Return what `names_of` calls an argument, for people to read."""
    found = _UNNAMED.fullmatch(name)
    return _("argument {number}", number=found[1]) if found else name


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _in_words(value: Any, depth: int = 0) -> Any:
    if isinstance(value, HasWords):
        return _Words(value._bpgrade.words)
    if type(value) in (list, tuple) and depth < _DEEPEST:
        return type(value)(_in_words(part, depth + 1) for part in value)
    if type(value) in (set, frozenset):
        return _Words(written(value))
    if type(value) is dict and depth < _DEEPEST:
        return {key: _in_words(part, depth + 1) for key, part in value.items()}
    return value
