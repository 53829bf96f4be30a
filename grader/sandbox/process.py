"""The process that a submission is in: made, asked, ended, and what was printed in it kept."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from grader.course import Limits
from grader.errors import IsolationError
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.sandbox import exchange, failures
from grader.sandbox.channel import ConnectionLost
from grader.sandbox.child.codec import decode
from grader.sandbox.child.framing import WireError
from grader.sandbox.deadline import Deadline
from grader.sandbox.exchange import Callbacks, CallRaised
from grader.sandbox.host import SandboxHost, Wire

_READY_SECONDS: Final = 20.0
MAX_AHEAD: Final = 65_536  # bytes that are sent before an answer is read: less than a socket holds


class Process:
    """A process of a host's for one submission; after its end another can be started.

    Attributes
    ----------
    layers : tuple of str
        The layers of isolation around it.
    printed : bytes
        What has been printed, cut to the limit.
    printed_bytes : int
        How much it was.
    """

    def __init__(self, host: SandboxHost, limits: Limits) -> None:
        self._host = host
        self._limits = limits
        self._connection: Wire | None = None
        self.layers: tuple[str, ...] = ()
        self.printed = b""
        self.printed_bytes = 0
        self._printed_by: Counter[str] = Counter()

    @property
    def running(self) -> bool:
        """Whether there is one."""
        return self._connection is not None

    @property
    def wire(self) -> Wire:
        """The connection to it; raises RuntimeError where there is none."""
        if self._connection is None:
            raise RuntimeError("no process: `start` makes one")
        return self._connection

    def start(self) -> None:
        """Get a process, and see that its layers hold.

        Raises
        ------
        IsolationError
            They do not; the submission has not been sent to it.
        """
        connection = self._connection = self._host.fork(self._limits)
        try:
            ready = decode(connection.receive(time.monotonic() + _READY_SECONDS))
            self.layers = tuple(ready[1])
        except (TimeoutError, ConnectionLost, WireError, LookupError, TypeError):
            ended = self.end()
            raise IsolationError(
                _(
                    "a process for the submission could not be made ({ended}) {output}",
                    ended=ended,
                    output=self.output(),
                ),
                _("run `bpgrade doctor` to see what this machine lacks"),
            ) from None
        missing = self._host.isolation.layers.difference(self.layers)
        if missing:
            self.end()
            raise IsolationError(
                _(
                    "these layers do not hold in the submission's process: {names}",
                    names=enumerated(list(missing)),
                ),
                _("run `bpgrade doctor` to see what this machine lacks"),
            )

    def ask(
        self, message: bytes, number: int, text: str, seconds: float, callbacks: Callbacks
    ) -> bytes:
        """Send a request, or nothing for one that was sent already, and return its answer.

        Raises
        ------
        CallFailure
            There is none; the process is gone, or goes on.
        TimeoutError
            It has not answered in time.
        """
        connection = self.wire
        deadline = Deadline(seconds, self._host.kept_waiting)
        before = connection.printed_bytes
        try:
            if message:
                connection.send([message], deadline.at)
            return exchange.answer_to(number, connection, callbacks, deadline)
        except ConnectionLost:
            raise failures.died(text, self.end()) from None
        except WireError:
            self.end()
            raise failures.broke_the_channel(text) from None
        except CallRaised as failed:
            memory = self._limits.memory_megabytes
            raise failures.described(text, failed.description, memory) from None
        finally:
            self._printed_by[text.partition("(")[0]] += max(connection.printed_bytes - before, 0)

    def arrived(self, number: int) -> bytes | None:
        """Return the value of a request that was sent ahead, where it is here already."""
        return self.wire.arrived(exchange.head_of(number))

    def send_ahead(self, messages: Sequence[bytes]) -> None:
        """Send requests whose answers are waited for later."""
        try:
            self.wire.send(messages, time.monotonic() + self._limits.call_seconds)
        except (TimeoutError, ConnectionLost):
            self.end()

    def repeat(self, messages: Sequence[bytes]) -> None:
        """Send requests whose answers are known; it is ended where it does not answer."""
        if self._connection is None:
            return
        seconds = self._limits.call_seconds
        try:
            for some in _in_parts(messages):
                self._connection.send(some, time.monotonic() + seconds)
                for _message in some:
                    deadline = Deadline(seconds, self._host.kept_waiting)
                    exchange.receive(self._connection, deadline)
        except (TimeoutError, ConnectionLost, WireError):
            self.end()

    def end(self) -> str:
        """End the process, keep what it printed, and return how it had ended by itself."""
        if self._connection is None:
            return "none"
        ended = self._host.end()
        self._take_printed()
        self._connection.close()
        self._connection = None
        return ended

    def forget_printed(self, before: tuple[bytes, int]) -> None:
        """Go back to what had been printed before."""
        if self._connection is not None:
            self._connection.take_printed()
            self._connection.printed_bytes = 0
        self.printed, self.printed_bytes = before

    def _take_printed(self) -> None:
        if self._connection is not None:
            room = self._limits.output_bytes - len(self.printed)
            self.printed += self._connection.take_printed()[:room]
            self.printed_bytes += self._connection.printed_bytes
            self._connection.printed_bytes = 0

    def output(self) -> str:
        """Return what has been printed so far, cut to the limit and saying so."""
        self._take_printed()
        text = self.printed.decode("utf-8", "replace")
        missing = self.printed_bytes - len(self.printed)
        if missing <= 0:
            return text
        [(who, _)] = self._printed_by.most_common(1) or [("", 0)]
        by = f", most of it printed by {who}" if who else ""
        return f"{text}\n... ({missing:,} more bytes{by})"


def _in_parts(messages: Sequence[bytes]) -> Iterator[list[bytes]]:
    """Yield the messages in parts that may each be sent before an answer is read."""
    part: list[bytes] = []
    for message in messages:
        if part and sum(map(len, part)) + len(message) > MAX_AHEAD:
            yield part
            part = []
        part.append(message)
    if part:
        yield part
