"""One submission behind the wall: loading it, and calling its functions, one at a time.

Waiting for each answer costs more than most calls: two processes take turns at every one of them.
Where it is known which calls come next, since other submissions were asked the same, they are sent
ahead (`foresee`). Each is still asked for in turn, and its answer taken only where it was asked
for with just these bytes. At the first other call the process is replaced by one in which only
what was asked for has been done, so that what a submission answers never depends on it.
"""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from grader.course import Limits
from grader.errors import IsolationError
from grader.result import Outcome
from grader.wall import exchange, failures
from grader.wall.connection import ConnectionLost
from grader.wall.exchange import Callbacks
from grader.wall.failures import CallFailure
from grader.wall.host import Wire, WorkerHost
from grader.wall.replies import Loaded, Problem, Reply, Source, read_loaded, read_reply
from grader.worker.framing import WireError
from grader.worker.values import decode, encode

_READY_SECONDS: Final = 20.0
_MOST_AHEAD: Final = 65_536  # bytes: less than a socket holds


class Worker:
    """Keeps a submission loaded in a forked process and forks it anew after one that died.

    Functions that have once run out of time are not called again: each later call ends at
    once with the same failure.

    Attributes
    ----------
    asked : list of (bytes or None)
        Every call so far as it is sent, in order; None for one that hands functions over.
    """

    def __init__(self, host: WorkerHost, source: Source, limits: Limits) -> None:
        self.host = host
        self.source = source
        self.limits = limits
        self.layers: tuple[str, ...] = ()
        self.printed = b""
        self.printed_bytes = 0
        self._connection: Wire | None = None
        self._hung: dict[str, CallFailure] = {}
        self._loaded: Loaded | CallFailure | None = None
        self._definitions_only = False
        self._served: set[str] = set()  # the functions called in the process that runs
        self._spent: defaultdict[str, float] = defaultdict(float)
        self.asked: list[bytes | None] = []
        self._begun = 0  # how many of these were asked before the process that runs
        self._ahead: deque[tuple[int, bytes]] = deque()
        self._reloaded = False
        self._printed_before = b"", 0

    @property
    def loaded(self) -> Loaded | None:
        """What loading found; None before, and for a file that cannot be loaded."""
        return self._loaded if isinstance(self._loaded, Loaded) else None

    def load(self) -> Loaded:
        """Load the submission, once, and return what it defines.

        Raises
        ------
        CallFailure
            The file cannot be loaded; the same failure each time it is asked for.
        """
        if self._loaded is None:
            try:
                self._loaded = self._start()
            except CallFailure as failure:
                self._loaded = failure if self.source.strict else self._salvage(failure)
        if isinstance(self._loaded, CallFailure):
            raise self._loaded
        return self._loaded

    def call(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),
        others: Mapping[str, Callable[..., Any]] | None = None,
    ) -> Reply:
        """Call one of the submission's functions.

        Parameters
        ----------
        function : str
            Its name, among those that `load` found.
        arguments : sequence
            Values of the closed set; callables cross as handles.
        names : tuple of str
            The parameters' names, for messages.
        others : mapping, optional
            Functions that are asked first, in this call, in the place of the submission's own of
            these names; where one returns None, the submission's own answers.

        Raises
        ------
        CallFailure
            The call gave no value.
        """
        self.load()
        if function in self._hung:
            raise self._hung[function]
        text = failures.signature_of(function, names, tuple(arguments))
        request = [function, list(arguments), dict(others or {})]
        start = time.monotonic()
        try:
            return self._call(function, request, text)
        except CallFailure:
            alone = self._served <= {function}
            if alone or self._connection is not None or function in self._hung:
                raise
            # another function may have left a thread or filled the memory: not this one's fault
            return self._call(function, request, text)
        finally:
            self._spent[function] += time.monotonic() - start
            if self._spent[function] > self.limits.cpu_seconds:
                self._hung[function] = failures.used_up(function, self.limits.cpu_seconds)

    def foresee(self, calls: Sequence[bytes | None]) -> None:
        """Send calls ahead that will probably be made next: some of another worker's `asked`."""
        self.settle()
        done = self.asked[self._begun :]
        if self._connection is None or None in done or self._connection.pending():
            return
        size = 0
        for call in calls:
            size += len(call or b"")
            if call is None or size > _MOST_AHEAD:
                break
            self._ahead.append((exchange.new_number(), call))
        messages = [exchange.message("call", number, call) for number, call in self._ahead]
        try:
            self._connection.send(messages, time.monotonic() + self.limits.call_seconds)
        except (TimeoutError, ConnectionLost):
            self._end()

    def asked_since(self, number: int) -> tuple[bytes, ...] | None:
        """Return the calls after so many; None where another worker cannot be asked the same."""
        calls = [call for call in self.asked[number:] if call is not None]
        whole = len(calls) == len(self.asked) - number and self._begun <= number
        return tuple(calls) if whole else None

    def settle(self) -> None:
        """See that nothing has been done but what was asked for."""
        if self._ahead:
            with contextlib.suppress(CallFailure):
                self._go_back()

    def _go_back(self) -> None:
        """Replace the process by one in which only what was asked for has been done."""
        calls = [call for call in self.asked[self._begun :] if call is not None]
        begun, served = self._begun, set(self._served)
        self._end()
        self.printed, self.printed_bytes = self._printed_before
        self._start(self._reloaded)
        connection = self._connection
        assert connection is not None
        self._begun = begun
        self._served.update(served)
        try:
            messages = [exchange.message("call", exchange.new_number(), call) for call in calls]
            connection.send(messages, time.monotonic() + self.limits.call_seconds)
            for _ in calls:
                connection.receive(time.monotonic() + self.limits.call_seconds)
        except (TimeoutError, ConnectionLost, WireError):
            self._end()  # it does not do the same again: so each call is on its own

    def _call(self, function: str, request: list[Any], text: str) -> Reply:
        """Call a function once, in a process that waits for it."""
        callbacks = Callbacks(self.limits.value_bytes)
        call = self._encoded(request, callbacks)
        if self._ahead and (callbacks.functions or self._ahead[0][1] != call):
            self._go_back()
        if self._ahead:
            number, _ = self._ahead.popleft()
        else:
            if self._connection is not None and self._connection.pending():
                self._end()  # an answer that nobody has asked for would be taken for this one's
            if self._connection is None:
                self._start()
            number = 0
        self._served.add(function)
        self.asked.append(None if callbacks.functions else call)
        limit = self.limits.call_seconds
        try:
            answer = self._ask("call", call, text, limit, callbacks, number)
        except TimeoutError:
            self._end()
            self._hung[function] = failures.timed_out(text, limit, "call_seconds")
            raise self._hung[function] from None
        except CallFailure as failure:
            if failure.outcome is Outcome.OUT_OF_MEMORY:
                self.settle()
                self._end()  # what fills the memory may stay there
            raise
        reply = read_reply(answer, len(request[1]))
        if reply is None:
            self._end()
            raise failures.broke_the_channel(text)
        return reply

    def _encoded(self, request: list[Any], callbacks: Callbacks) -> bytes:
        """Return what a request says, without its kind and number."""
        most = self.limits.value_bytes * 4
        return encode(request, max_bytes=most, handle_of=callbacks.number_of)

    def _salvage(self, failure: CallFailure) -> Loaded | CallFailure:
        """Load what the cells define and nothing else, where running them ended the process."""
        self._definitions_only = True
        self._loaded = None
        try:
            loaded = self._start()
        except CallFailure:
            return failure
        return replace(loaded, problems=(Problem(self.source.title, failure), *loaded.problems))

    def _start(self, reloaded: bool | None = None) -> Loaded:
        """Fork a worker and load the submission into it; what that prints counts only once."""
        text = f"running {self.source.title}"
        self._reloaded = self._loaded is not None if reloaded is None else reloaded
        self._printed_before = self.printed, self.printed_bytes
        connection = self._enter()
        blocks = [[block.label, block.source] for block in self.source.blocks]
        try:
            seconds = self.limits.load_seconds
            request = [blocks, self.source.strict, seconds, self._definitions_only]
            callbacks = Callbacks(self.limits.value_bytes)
            answer = self._ask("load", self._encoded(request, callbacks), text, seconds, callbacks)
        except TimeoutError:
            self._end()
            self._loaded = failures.timed_out(text, self.limits.load_seconds, "load_seconds")
            raise self._loaded from None
        if self._reloaded:  # what it prints has been shown already
            connection.take_printed()
            connection.printed_bytes = 0
            self.printed, self.printed_bytes = self._printed_before
        loaded = read_loaded(answer, self.limits.memory_megabytes)
        if loaded is None:
            self._end()
            raise failures.broke_the_channel(text)
        if self.source.strict and loaded.problems:
            self._end()
            raise loaded.problems[0].failure
        return loaded

    def _enter(self) -> Wire:
        """Get a process for the submission, and see that its walls stand.

        Raises
        ------
        IsolationError
            They do not; the submission has not been sent to it.
        """
        self._served.clear()
        self._begun = len(self.asked)
        connection = self._connection = self.host.fork(self.limits)
        try:
            ready = decode(connection.receive(time.monotonic() + _READY_SECONDS))
            self.layers = tuple(ready[1])
        except (TimeoutError, ConnectionLost, WireError, LookupError, TypeError):
            raise IsolationError(
                f"a process for the submission could not be made ({self._end()}) {self.output()}",
                "run `bpgrade doctor` to see what this machine lacks",
            ) from None
        missing = self.host.isolation.layers.difference(self.layers)
        if missing:
            self._end()
            raise IsolationError(
                f"these layers do not hold in the submission's process: {', '.join(missing)}",
                "run `bpgrade doctor` to see what this machine lacks",
            )
        return connection

    def _ask(
        self,
        kind: str,
        request: bytes,
        text: str,
        seconds: float,
        callbacks: Callbacks,
        ahead: int = 0,
    ) -> list[Any]:
        """Send a request and return the rest of its answer; the wire stays usable after it.

        `ahead` is the request's number where it has been sent already.
        """
        connection = self._connection
        if connection is None:
            raise RuntimeError("no process: `_start` makes one")
        number = ahead or exchange.new_number()
        deadline = time.monotonic() + seconds
        try:
            if not ahead:
                connection.send([exchange.message(kind, number, request)], deadline)
            answer = exchange.answer_to(number, connection, callbacks, deadline)
        except ConnectionLost:
            raise failures.died(text, self._end()) from None
        except WireError:
            self._end()
            raise failures.broke_the_channel(text) from None
        if answer[0] == "failed":
            description = answer[2] if len(answer) > 2 else None
            raise failures.described(text, description, self.limits.memory_megabytes)
        return answer

    def _end(self) -> str:
        """End the process, keep what it printed, and return how it had ended by itself."""
        self._ahead.clear()
        if self._connection is None:
            return "none"
        ended = self.host.end()
        self._take_printed()
        self._connection.close()
        self._connection = None
        return ended

    def _take_printed(self) -> None:
        if self._connection is not None:
            room = self.limits.output_bytes - len(self.printed)
            self.printed += self._connection.take_printed()[:room]
            self.printed_bytes += self._connection.printed_bytes
            self._connection.printed_bytes = 0

    def output(self) -> str:
        """Return what the submission has printed so far, cut to the limit and saying so."""
        self.settle()
        self._take_printed()
        text = self.printed.decode("utf-8", "replace")
        missing = self.printed_bytes - len(self.printed)
        return f"{text}\n... ({missing:,} more bytes)" if missing > 0 else text

    def close(self) -> None:
        """End the submission's process and everything that it started."""
        self._end()
