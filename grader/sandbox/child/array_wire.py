"""Arrays on the wire: a head that says the kind and the shape, then the numbers.

Nearly all arrays of a course are small and of a few shapes. So the heads of small ones are kept,
by what they say and by their bytes, and neither written nor looked at again.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import msgpack
import numpy as np

from .closed_set import DTYPES, MAX_DIMENSIONS, MAX_LIST
from .framing import WireError

_MOST_KEPT: Final = 1024
_SHORT: Final = 0x100  # bytes: what is shorter has its length in one byte, after the mark
_SHORT_MARK: Final = 0xC4
_MAX_DIGITS: Final = 9
_LARGEST_CHARACTER: Final = 0x10FFFF

_Head = tuple[np.dtype[Any], tuple[int, ...], int]
"""What a head says: the kind, the shape, and how many bytes follow."""

_write: Final[Callable[[Any], bytes]] = msgpack.Packer(strict_types=True).pack
_written: Final[dict[tuple[str, tuple[int, ...]], bytes]] = {}
_read: Final[dict[bytes, _Head]] = {}


def packed(name: str, shape: tuple[int, ...], content: bytes) -> bytes:
    """Return an array's bytes; `name` is that of its kind, `content` its entries in C order."""
    if len(content) >= _SHORT:
        return _write([name, list(shape), content])
    head = _written.get((name, shape))
    if head is None:
        whole = _write([name, list(shape), content])
        head = whole[: len(whole) - len(content)]
        if len(_written) < _MOST_KEPT:
            _written[name, shape] = head
    return head + content


def unpacked(data: bytes) -> np.ndarray[Any, Any]:
    """Return the array whose bytes are `data`.

    Raises
    ------
    WireError, ValueError
        They are no array's.
    """
    # a head ends with the first mark, or with a later one: then it is none of those that are kept
    end = data.find(_SHORT_MARK) + 2
    known = _read.get(data[:end])
    if known is None or len(data) - end != known[2]:
        return _looked_at(data)
    return np.ndarray(known[1], known[0], data, end).copy()


def _looked_at(data: bytes) -> np.ndarray[Any, Any]:
    """Return an array whose head is not known, and keep that."""
    fields = msgpack.unpackb(data, raw=False, max_array_len=MAX_DIMENSIONS)
    if not isinstance(fields, list) or len(fields) != 3:
        raise WireError("an array without its three fields")
    name, shape, content = fields
    if type(name) is not str or type(content) is not bytes:
        raise WireError("an array of an unknown kind")
    dtype = DTYPES.get(name)
    is_fixed = dtype is not None and name != "b1"
    if dtype is None:
        dtype = _dtype_of_texts(name, content)
    if not isinstance(shape, list):
        raise WireError("an array without a shape")
    for size in shape:
        if type(size) is not int or not 0 <= size < 2**31:
            raise WireError("an array without a shape")
    if 0 in shape and max(shape) > MAX_LIST:
        raise WireError("an array of nothing, too wide")
    if math.prod(shape) * dtype.itemsize != len(content):
        raise WireError("an array whose shape and bytes disagree")
    if name == "b1":
        return np.not_equal(np.frombuffer(content, dtype=np.uint8), 0).reshape(shape).copy()
    head = data[: len(data) - len(content)]
    if is_fixed and len(_read) < _MOST_KEPT and head.find(_SHORT_MARK) == len(head) - 2:
        _read[head] = dtype, tuple(shape), len(content)
    return np.ndarray(shape, dtype, content).copy()


def _dtype_of_texts(name: str, content: bytes) -> np.dtype[Any]:
    """Return the kind of an array of texts, whose bytes have to be characters."""
    if name[:1] != "U" or not name[1:].isdecimal() or len(name) >= _MAX_DIGITS:
        raise WireError("an array of an unknown kind")
    dtype = np.dtype(f"<U{max(int(name[1:]), 1)}")
    points = np.frombuffer(content, dtype="<u4")
    if (points > _LARGEST_CHARACTER).any() or ((points >= 0xD800) & (points < 0xE000)).any():
        raise WireError("an array of texts that are none")
    return dtype
