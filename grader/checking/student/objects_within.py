"""The submission's objects within a value: found, replaced, and left as they are in a copy."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from grader.checking.student.student_object import StudentObject
from grader.sandbox.child.closed_set import LEAVES, MAX_DEPTH
from grader.sandbox.child.codec import Handle


def holds_object(value: Any, depth: int = 0) -> bool:
    """Return whether a value is an object, or has one in it."""
    kind = type(value)
    if kind in LEAVES:  # nearly all, and each call has some
        return False
    if kind is StudentObject or kind is Handle:
        return True
    if depth > MAX_DEPTH or not isinstance(value, (tuple, list, dict)):
        return False
    for part in value.values() if isinstance(value, dict) else value:
        if type(part) not in LEAVES and holds_object(part, depth + 1):
            return True
    return False


def objects_in(value: Any) -> Iterator[StudentObject]:
    """Yield the objects in a value."""
    if isinstance(value, StudentObject):
        yield value
    elif isinstance(value, list | tuple | dict):
        for part in value.values() if isinstance(value, dict) else value:
            yield from objects_in(part)


def replaced_in(value: Any, kind: type, replace: Callable[[Any], Any]) -> Any:
    """Return a value with each instance of `kind` replaced, its lists and tuples made anew."""
    if isinstance(value, kind):
        return replace(value)
    if isinstance(value, list):
        return [replaced_in(part, kind, replace) for part in value]
    if isinstance(value, tuple):
        return tuple(replaced_in(part, kind, replace) for part in value)
    if isinstance(value, dict):
        return {key: replaced_in(part, kind, replace) for key, part in value.items()}
    return value


def copied_here(value: Any) -> Any:
    """Return a copy of a value, with the same objects in it: nothing is asked of them."""
    if type(value) is tuple and _is_plain(value):  # nearly all: arrays and numbers
        return tuple(each.copy("K") if type(each) is np.ndarray else each for each in value)
    return copy.deepcopy(value, {id(each): each for each in objects_in(value)})


def _is_plain(parts: tuple[Any, ...]) -> bool:
    """Return whether no part has another in it, and none is an array that is there twice."""
    arrays = [each for each in parts if type(each) is np.ndarray]
    return (
        all(type(each) in LEAVES for each in parts)
        and not any(each.dtype.hasobject for each in arrays)
        and len({id(each) for each in arrays}) == len(arrays)
    )
