"""The closed set of values that crosses into the sandbox, and their bytes.

None, bool, int, float, complex, str, bytes, list, tuple, set, frozenset, dict with str keys,
numeric ndarrays, dates, tables, figures; towards the child also fresh random generators and handles
of callbacks. All else is refused by the side that meets it, or goes by a number in its place where
the request allows that. The bytes are msgpack with extension types;
whatever bytes arrive, `decode` returns a value of the set or raises `WireError`, with
memory bounded by a small multiple of the message's size.
"""

from __future__ import annotations

from .closed_set import MAX_DEPTH, MAX_LIST, AsObject, Handle
from .decoding import decode, decode_with_objects
from .encoding import ForbiddenValueError, encode

__all__ = [
    "MAX_DEPTH",
    "MAX_LIST",
    "AsObject",
    "ForbiddenValueError",
    "Handle",
    "decode",
    "decode_with_objects",
    "encode",
]
