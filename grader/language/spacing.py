"""The space between Chinese characters and Latin letters or digits, around what fills a field.

A translation can't know what will fill its fields: `是 {kind}` needs its space before `None`, and
none before `一个数组`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

_TOLD: Final = "\ufdd0"  # around what is a message itself; no character, so in no text
_GIVEN: Final = "\ufdd1"  # around all else
_HAN: Final = "[\u3400-\u9fff]"
_LATIN: Final = "[A-Za-z0-9`]"
_EDGE: Final = f"[{_TOLD}{_GIVEN}]+"
# compiled when they are used: an English text needs none of them
_NEEDED: Final = f"(?<={_HAN}){_EDGE}(?={_LATIN})|(?<={_LATIN}){_EDGE}(?={_HAN})"
_NEEDLESS: Final = f"(?<={_HAN})(?: {_TOLD}|{_TOLD} )(?={_HAN})"
_TOUCHING: Final = f"{_HAN}{{|}}{_HAN}"
_SPACED: Final = f"{_HAN} {{|}} {_HAN}"


class _Edged:
    """A value that shows where it begins and ends when it is formatted."""

    __slots__ = ("_edge", "_value")

    def __init__(self, value: object, edge: str) -> None:
        self._value = value
        self._edge = edge

    def __format__(self, how: str) -> str:
        return f"{self._edge}{self._value:{how}}{self._edge}"

    def __str__(self) -> str:
        return f"{self._edge}{self._value}{self._edge}"

    def __repr__(self) -> str:
        return repr(self._value)  # in quotes, so no letter is at its edge


def filled(text: str, values: Mapping[str, Any], told: Iterable[str]) -> str:
    """Return a text with its fields filled, spaced where it is Chinese.

    `told` are the names of the values that are translated texts: those bring no space of their own.
    """
    own = set(told)
    if not (_touches(text) or (own and _leaves_a_space(text))):
        return text.format(*_places(values), **values)
    edged = {
        name: _Edged(value, _TOLD if name in own else _GIVEN) for name, value in values.items()
    }
    said = text.format(*_places(edged), **edged)
    return re.sub(_EDGE, "", re.sub(_NEEDLESS, "", re.sub(_NEEDED, " ", said)))


@lru_cache(4096)
def _touches(text: str) -> bool:
    return not text.isascii() and re.search(_TOUCHING, text) is not None


@lru_cache(4096)
def _leaves_a_space(text: str) -> bool:
    return not text.isascii() and re.search(_SPACED, text) is not None


def _places(values: Mapping[str, Any]) -> list[Any]:
    return [values[str(number)] for number in range(len(values)) if str(number) in values]
