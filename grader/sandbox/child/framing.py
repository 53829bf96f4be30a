"""Whole messages over a byte stream: four bytes of length, then the message."""

from __future__ import annotations

import os
from typing import Final

HEADER: Final = 4
_CHUNK: Final = 16_384
_MOST: Final = 1 << 20


class StreamEnded(Exception):  # noqa: N818 - an event, not a mistake
    """The other side has closed the stream."""


class WireError(ValueError):
    """Bytes that are not a message of this protocol."""


def frame(message: bytes) -> bytes:
    """Return `message` with its length before it."""
    return len(message).to_bytes(HEADER, "little") + message


class FrameReader:
    """Whole messages from a descriptor; what has come beyond the next one is kept for later."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._received = bytearray()

    def message(self) -> bytes:
        """Return the next whole message, waiting for it.

        Raises
        ------
        StreamEnded
            The stream ended before.
        """
        self._fill(HEADER)
        end = HEADER + int.from_bytes(self._received[:HEADER], "little")
        self._fill(end)
        message = bytes(self._received[HEADER:end])
        del self._received[:end]
        return message

    def _fill(self, count: int) -> None:
        while len(self._received) < count:
            part = os.read(self.descriptor, max(_CHUNK, min(count - len(self._received), _MOST)))
            if not part:
                raise StreamEnded
            self._received += part


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
    framed = frame(message)
    written = os.write(descriptor, framed)
    while written < len(framed):
        written += os.write(descriptor, memoryview(framed)[written:])
