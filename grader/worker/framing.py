"""Whole messages over a byte stream: four bytes of length, then the message."""

from __future__ import annotations

import os
from typing import Final

HEADER: Final = 4


class StreamEnded(Exception):  # noqa: N818 - an event, not a mistake
    """The other side has closed the stream."""


class WireError(ValueError):
    """Bytes that are not a message of this protocol."""


def frame(message: bytes) -> bytes:
    """Return `message` with its length before it."""
    return len(message).to_bytes(HEADER, "little") + message


def read_exactly(descriptor: int, count: int) -> bytes:
    """Return the next `count` bytes, waiting for them.

    Raises
    ------
    StreamEnded
        The stream ended before.
    """
    parts = []
    while count:
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            raise StreamEnded
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_message(descriptor: int) -> bytes:
    """Return the next whole message, waiting for it."""
    return read_exactly(descriptor, int.from_bytes(read_exactly(descriptor, HEADER), "little"))


def write_message(descriptor: int, message: bytes) -> None:
    """Write `message` whole, waiting as long as the other side needs."""
    view = memoryview(frame(message))
    while view:
        view = view[os.write(descriptor, view) :]
