"""The objects of a submission that the trusted side knows by their numbers, and nothing more.

The trusted side says with each request from which number on it has none: numbers begin anew with
each check. So they depend on what a check asks and on what it is answered, and on nothing else.
"""

from __future__ import annotations

import types
from collections.abc import Hashable
from typing import Any, Final

from .closed_set import MAX_OBJECTS
from .encoding import ForbiddenValueError, class_name

_MOST_CLASSES: Final = 20
_DEFINED_IN_PYTHON: Final = 1 << 9


class GoneObjectError(Exception):
    """A request is about an object that this process never had."""


class Gone:
    """Stands for an object that was lost with another process."""


class ObjectStore:
    """What was handed out in a check, by number."""

    def __init__(self) -> None:
        self._held: list[Any] = []
        self._keys: list[Hashable] = []
        self._numbers: dict[Hashable, int] = {}

    def begin(self, first: int) -> None:
        """Let go of what has a number from `first` on; what is missing below is gone."""
        while len(self._held) > first:
            self._held.pop()
            del self._numbers[self._keys.pop()]
        while len(self._held) < first:
            self._add(Gone())

    def number_of(self, value: object) -> int:
        """Return the number of an object, its old one where it has one.

        Raises
        ------
        ForbiddenValueError
            There are too many.
        """
        number = self._numbers.get(_key(value))
        if number is not None:
            return number
        if len(self._held) >= MAX_OBJECTS:
            raise ForbiddenValueError(f"one object more than the {MAX_OBJECTS:,} of a check")
        return self._add(value)

    def holds(self, value: object) -> bool:
        """Return whether an object has a number."""
        return _key(value) in self._numbers

    def held(self, number: int) -> Any:
        """Return the object that has a number, or an instance of `Gone`."""
        return self._held[number] if 0 <= number < len(self._held) else Gone()

    def _add(self, value: object) -> int:
        key = _key(value)
        self._held.append(value)
        self._keys.append(key)
        self._numbers[key] = len(self._held) - 1
        return len(self._held) - 1


def _key(value: object) -> Hashable:
    """Return what tells objects apart; a method is made anew each time that it is asked for."""
    if type(value) is types.MethodType:
        return id(value.__self__), id(value.__func__)
    return id(value)


def class_names(kind: type) -> list[str]:
    """Return the names of a class and of its bases but `object`, as Python looks through them."""
    mro: tuple[type, ...] = type.__dict__["__mro__"].__get__(kind)
    return [class_name(each) for each in mro[:_MOST_CLASSES] if each is not object]


def is_made_by(target: Any, value: Any) -> bool:
    """Return whether a value is what a class of the submission's own was called for.

    A class's own method counts, as in `Stack.of([1, 2])`.
    """
    if type(target) is types.MethodType:
        target = target.__self__
    return type(value) is target and bool(target.__flags__ & _DEFINED_IN_PYTHON)
