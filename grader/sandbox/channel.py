"""The trusted end of one child's wire, and of its output: bounded in time and in size."""

from __future__ import annotations

import contextlib
import os
import select
import socket
import time
from collections.abc import Sequence

from grader.sandbox.child import framing
from grader.sandbox.child.framing import WireError

_CHUNK = 65_536
_MAX_DRAINED = 1 << 26  # at once: what floods without end must not hold the grader up


class ConnectionLost(Exception):  # noqa: N818 - an event that the caller turns into an outcome
    """The child has closed its end: it is gone, or pretends to be."""


class Channel:
    """Whole messages to and from a child, with its printed output taken in passing.

    Every wait has a deadline (`time.monotonic()` seconds), after which `TimeoutError` is raised.
    """

    def __init__(self, wire: socket.socket, output: int, max_message: int, max_output: int) -> None:
        self._wire = wire
        self._output = output
        self._max_message = max_message
        self._max_output = max_output
        self._received = bytearray()
        self._printed = bytearray()
        self._output_open = True
        self.printed_bytes = 0
        wire.setblocking(False)
        os.set_blocking(output, False)
        self._poll = select.poll()
        self._poll.register(output, select.POLLIN)

    def send(self, messages: Sequence[bytes], deadline: float) -> None:
        """Send messages whole."""
        view = memoryview(b"".join(map(framing.frame, messages)))
        while view:
            try:
                view = view[self._wire.send(view) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)
            except OSError as error:
                raise ConnectionLost from error

    def receive(self, deadline: float) -> bytes:
        """Return the next message.

        Raises
        ------
        ConnectionLost, TimeoutError
            The child is gone, or has not answered in time.
        WireError
            It announces a message beyond the limit.
        """
        while (message := self._whole_message()) is None:
            self._wait(select.POLLIN, deadline)
            try:
                part = self._wire.recv(_CHUNK)
            except BlockingIOError:
                continue
            except OSError as error:
                raise ConnectionLost from error
            if not part:
                raise ConnectionLost
            self._received += part
        return message

    def arrived(self, head: bytes) -> bytes | None:
        """Return the next message where it is here already and begins so; else None."""
        if not self._received.startswith(head, framing.HEADER):
            return None
        return self._whole_message()

    def pending(self) -> bool:
        """Whether something has arrived that nobody has received."""
        with contextlib.suppress(OSError):
            self._received += self._wire.recv(_CHUNK)
        return bool(self._received)

    def _whole_message(self) -> bytes | None:
        if len(self._received) < framing.HEADER:
            return None
        length = int.from_bytes(self._received[: framing.HEADER], "little")
        if length > self._max_message:
            raise WireError(f"a message of {length} bytes")
        end = framing.HEADER + length
        if len(self._received) < end:
            return None
        message = bytes(self._received[framing.HEADER : end])
        del self._received[:end]
        return message

    def _wait(self, events: int, deadline: float) -> None:
        """Wait until the wire is ready, taking in output meanwhile."""
        self._poll.register(self._wire, events)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            ready = dict(self._poll.poll(left * 1000))
            if self._output in ready:
                self._take_output()
            if self._wire.fileno() in ready:
                return

    def _take_output(self) -> bool:
        """Take in one chunk of output; False where there is none for now, or no more."""
        if not self._output_open:
            return False
        try:
            part = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return False
        self.printed_bytes += len(part)
        room = self._max_output - len(self._printed)
        if room > 0:
            self._printed += part[:room]
        if not part:
            self._output_open = False
            self._poll.unregister(self._output)
        return self._output_open

    def take_printed(self) -> bytes:
        """Return what was printed since the last call, cut to the limit."""
        for _ in range(_MAX_DRAINED // _CHUNK):
            if not self._take_output():
                break
        printed = bytes(self._printed)
        self._printed.clear()
        return printed

    def close(self) -> None:
        """Close both ends; the child reads the end of its wire."""
        self._wire.close()
        os.close(self._output)
