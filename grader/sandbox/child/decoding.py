"""From bytes, which may be anything, to a value of the closed set."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgpack
import numpy as np

from . import array_wire
from .closed_set import (
    ARRAY,
    BIG_INT,
    COMPLEX,
    FIGURE,
    FROZEN_SET,
    GENERATOR,
    HANDLE,
    LEAVES,
    MAX_ALIKE,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_INT_BYTES,
    MAX_LIST,
    MAX_NODES,
    MAX_OBJECTS,
    MAX_TEXT,
    MAX_WORDS,
    MOMENT,
    OBJECT,
    OBJECT_ARRAY,
    SET,
    TABLE,
    TUPLE,
    Handle,
)
from .figures import figure_wire
from .framing import WireError
from .tables.moments import value_of
from .tables.table import Table, built
from .tables.table_wire import cells_of, unpacked

_LEAVES: Final = LEAVES | {Handle}
_MOST_NODES: Final = 2 * MAX_NODES
_TOO_MANY: Final = "too many parts"


class _Mark:
    """Stands first in a list that is something else, and says what."""

    def __init__(self, make: Callable[[list[Any]], Any]) -> None:
        self.make = make


def decode(
    data: bytes,
    *,
    callback: Callable[[int], Callable[..., Any]] | None = None,
    held: Callable[[int], Any] | None = None,
) -> Any:
    """Return the value of the closed set whose bytes are `data`.

    Parameters
    ----------
    data : bytes
        One message; may come from a hostile process.
    callback : callable, optional
        Makes a function from a handle's number; given only inside the child, where
        generators are accepted too, and the sender is trusted.
    held : callable, optional
        Returns the object that has a number; given only inside the child.

    Raises
    ------
    WireError
        The bytes are no such value, or one beyond the limits of this module.
    """
    return _decoded(data, _Decoder(callback, held))


def decode_with_objects(data: bytes, first: int) -> tuple[Any, int]:
    """Return a value of the closed set, or of handles, and the number of the next new object.

    Parameters
    ----------
    data : bytes
        One message; may come from a hostile process.
    first : int
        How many objects are known. Handles are accepted of these and, in their order, of new ones.

    Raises
    ------
    WireError
        The bytes are no such value; or one of its handles was not given.
    """
    decoder = _Decoder(None, None, first)
    return _decoded(data, decoder), decoder.known


def _decoded(data: bytes, decoder: _Decoder) -> Any:
    try:
        value = decoder.unpack(data)
        if decoder.callback is None:
            _check(value, decoder.made)
        if Table in decoder.made:
            value = _built(value)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, MemoryError) as error:
        raise WireError(f"not a message: {type(error).__name__}") from error
    return value


class _Decoder:
    """The hooks of one decoding, with the count of parts seen."""

    def __init__(
        self,
        callback: Callable[[int], Callable[..., Any]] | None,
        held: Callable[[int], Any] | None,
        known: int = -1,
    ) -> None:
        self.callback = callback
        self.held = held
        self.known = known  # how many objects are known; -1 where there are none
        self.nodes = 0
        self.made: set[type] = set()

    def unpack(self, data: bytes) -> Any:
        longest = min(MAX_LIST + 1, len(data))  # room is made for what is announced
        return msgpack.unpackb(
            data,
            raw=False,
            strict_map_key=True,
            list_hook=self._list,
            object_hook=self._dict,
            ext_hook=self._extension,
            max_str_len=MAX_TEXT,
            max_array_len=longest,
            max_map_len=longest,
        )

    # the three below count in place: to call a method for it takes a sixth longer

    def _list(self, items: list[Any]) -> Any:
        self.nodes += len(items) + 1
        if self.nodes > _MOST_NODES:
            raise WireError(_TOO_MANY)
        if items and type(items[0]) is _Mark:
            mark = items[0]
            made = mark.make(items[1:])
            if mark is not _MARKS[TUPLE]:
                self.made.add(type(made))
            return made
        return items

    def _dict(self, items: dict[Any, Any]) -> dict[str, Any]:
        self.nodes += len(items) + 1
        if self.nodes > _MOST_NODES:
            raise WireError(_TOO_MANY)
        for key in items:
            if type(key) is not str:
                raise WireError("a dict key that is no text")
        return items

    def _extension(self, code: int, data: bytes) -> Any:
        self.nodes += 1
        if self.nodes > _MOST_NODES:
            raise WireError(_TOO_MANY)
        if code == ARRAY:
            return array_wire.unpacked(data)
        if code in _MARKS:
            return _MARKS[code]
        if code == COMPLEX:
            return complex(np.frombuffer(data, dtype="<c16").reshape(())[()])
        if code == BIG_INT:
            if len(data) > MAX_INT_BYTES:
                raise WireError("too large an integer")
            return int.from_bytes(data, "little", signed=True)
        if code == OBJECT and (self.known >= 0 or self.held is not None):
            return self._object(data)
        if code == HANDLE and self.callback is not None:
            return self.callback(int.from_bytes(data, "little"))
        if code == GENERATOR and self.callback is not None:
            return _read_generator(data)
        raise WireError(f"unknown extension type {code}")

    def _object(self, data: bytes) -> Any:
        fields = msgpack.unpackb(data, raw=False, max_array_len=2, max_str_len=4 * MAX_WORDS)
        if not isinstance(fields, list) or [type(field) for field in fields] != [int, str]:
            raise WireError("a handle without its two fields")
        number, words = fields
        if self.held is not None:
            return self.held(number)
        if number == self.known < MAX_OBJECTS:
            self.known += 1
        if not 0 <= number < self.known or len(words) > MAX_WORDS:
            raise WireError("a handle that was not given")
        return Handle(number, words)


def _read_object_array(fields: list[Any]) -> np.ndarray[Any, Any]:
    if len(fields) != 2 or not all(type(part) is list for part in fields):
        raise WireError("an array of objects without its fields")
    shape, cells = fields
    for size in shape:
        if type(size) is not int or not 0 <= size <= MAX_LIST:
            raise WireError("an array of objects without a shape")
    if not 0 < len(shape) <= MAX_DIMENSIONS or math.prod(shape) != len(cells):
        raise WireError("an array of objects whose shape and content disagree")
    array = np.empty(len(cells), dtype=object)
    for place, cell in enumerate(cells):
        if isinstance(cell, (list, tuple, dict, set, frozenset, np.ndarray, Table)):
            raise WireError("an array of objects in an array of objects")
        array[place] = cell
    return array.reshape(shape)


def _read_set(items: list[Any]) -> set[Any]:
    """Return a set of elements, no two of them equal; few may be told apart by that alone."""
    if len(items) - len(set(map(hash, items))) > MAX_ALIKE:
        raise WireError("a set of elements that would take too long to tell apart")
    found = set(items)
    if len(found) != len(items):
        raise WireError("a set with an element twice")
    if any(map(_holds_handle, found)):
        raise WireError("an object in a set")
    return found


def _holds_handle(element: Any) -> bool:
    """Return whether an element of a set is a handle, or a tuple with one."""
    kind = type(element)
    return kind is Handle or (kind is tuple and any(map(_holds_handle, element)))


def _read_generator(data: bytes) -> np.random.Generator:
    state, increment, has_uint32, uinteger = msgpack.unpackb(data, raw=False)
    generator = np.random.default_rng(0)
    generator.bit_generator.state = {
        "bit_generator": "PCG64",
        "state": {
            "state": int.from_bytes(state, "little"),
            "inc": int.from_bytes(increment, "little"),
        },
        "has_uint32": has_uint32,
        "uinteger": uinteger,
    }
    return generator


_MARKS: Final = {
    TUPLE: _Mark(tuple),
    TABLE: _Mark(unpacked),
    FIGURE: _Mark(figure_wire.unpacked),
    MOMENT: _Mark(value_of),
    OBJECT_ARRAY: _Mark(_read_object_array),
    SET: _Mark(_read_set),
    FROZEN_SET: _Mark(lambda items: frozenset(_read_set(items))),
}


def _check(value: Any, made: set[type]) -> None:
    """Refuse what is not of the closed set, and nesting that recursive readers cannot follow."""
    level = [value]
    for _ in range(MAX_DEPTH + 4):
        below: list[Any] = []
        for item in level:
            kind = type(item)
            if kind is list or kind is tuple or kind is set or kind is frozenset:
                below.extend(item)
            elif kind is dict:
                below.extend(item.values())
            elif kind is Table:
                below.extend(_values(cells_of(item), {Handle}))
            elif kind is np.ndarray and item.dtype == object:
                below.extend(_values(item.ravel().tolist(), {Handle, set, frozenset}))
            elif kind not in _LEAVES and kind not in made:
                raise WireError(f"a value of type {kind.__name__}")
        if not below:
            return
        level = below
    raise WireError("nested too deep")


def _values(cells: Iterable[Any], refused: set[type]) -> list[Any]:
    found = list(cells)
    if not refused.isdisjoint(map(type, found)):
        raise WireError("an object in a cell")
    return found


def _built(value: Any) -> Any:
    """Return a value whose tables are those of their libraries."""
    kind = type(value)
    if kind is Table:
        try:
            return built(value)
        except Exception as error:  # pandas' own, of many kinds: what it was given may be anything
            raise WireError(f"no table: {type(error).__name__}") from error
    if kind is list:
        return [_built(item) for item in value]
    if kind is tuple:
        return tuple(_built(item) for item in value)
    if kind is dict:
        return {key: _built(item) for key, item in value.items()}
    return value
