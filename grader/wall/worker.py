"""One submission behind the wall: loading it, and calling its functions, one at a time."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from grader.course import Limits
from grader.errors import IsolationError
from grader.result import Outcome
from grader.wall import failures
from grader.wall.connection import ConnectionLost
from grader.wall.failures import CallFailure
from grader.wall.host import Wire, WorkerHost
from grader.wall.replies import Loaded, Problem, Reply, Source, read_loaded, read_reply
from grader.worker.framing import WireError
from grader.worker.values import decode, encode

_READY_SECONDS: Final = 20.0
_LONGEST_CALLBACK: Final = 65_536  # bytes: what the function makes of them is not limited


@dataclass(slots=True)
class _Callbacks:
    """The functions of the trusted side that the current call may call back, by number."""

    functions: list[Callable[..., Any]] = field(default_factory=list)

    def number_of(self, function: Callable[..., Any]) -> int:
        self.functions.append(function)
        return len(self.functions) - 1


class Worker:
    """Keeps a submission loaded in a forked process and forks it anew after one that died.

    Functions that have once run out of time are not called again: each later call ends at
    once with the same failure.
    """

    def __init__(self, host: WorkerHost, source: Source, limits: Limits) -> None:
        self.host = host
        self.source = source
        self.limits = limits
        self.layers: tuple[str, ...] = ()
        self.printed = b""
        self.printed_bytes = 0
        self._connection: Wire | None = None
        self._number = 0
        self._hung: dict[str, CallFailure] = {}
        self._loaded: Loaded | CallFailure | None = None
        self._definitions_only = False
        self._served: set[str] = set()  # the functions called in the process that runs
        self._spent: defaultdict[str, float] = defaultdict(float)

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
        request = ["call", function, list(arguments), dict(others or {})]
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

    def _call(self, function: str, request: list[Any], text: str) -> Reply:
        """Call a function once, in a process that waits for it."""
        if self._connection is not None and self._connection.pending():
            self._end()  # an answer that nobody has asked for would be taken for this one's
        if self._connection is None:
            self._start()
        self._served.add(function)
        callbacks = _Callbacks()
        limit = self.limits.call_seconds
        try:
            answer = self._ask(request, text, limit, callbacks)
        except TimeoutError:
            self._end()
            self._hung[function] = failures.timed_out(text, limit, "call_seconds")
            raise self._hung[function] from None
        except CallFailure as failure:
            if failure.outcome is Outcome.OUT_OF_MEMORY:
                self._end()  # what fills the memory may stay there
            raise
        reply = read_reply(answer, len(request[2]))
        if reply is None:
            self._end()
            raise failures.broke_the_channel(text)
        return reply

    def _salvage(self, failure: CallFailure) -> Loaded | CallFailure:
        """Load what the cells define and nothing else, where running them ended the process."""
        self._definitions_only = True
        self._loaded = None
        try:
            loaded = self._start()
        except CallFailure:
            return failure
        return replace(loaded, problems=(Problem(self.source.title, failure), *loaded.problems))

    def _start(self) -> Loaded:
        """Fork a worker and load the submission into it."""
        text = f"running {self.source.title}"
        connection = self._enter()
        blocks = [[block.label, block.source] for block in self.source.blocks]
        printed = self.printed, self.printed_bytes
        try:
            seconds = self.limits.load_seconds
            request = ["load", blocks, self.source.strict, seconds, self._definitions_only]
            answer = self._ask(request, text, seconds, _Callbacks())
        except TimeoutError:
            self._end()
            self._loaded = failures.timed_out(text, self.limits.load_seconds, "load_seconds")
            raise self._loaded from None
        if self._loaded is not None:  # loaded again: what it prints has been shown already
            connection.take_printed()
            self.printed, self.printed_bytes = printed
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
        self, request: list[Any], text: str, seconds: float, callbacks: _Callbacks
    ) -> list[Any]:
        """Send a request and return the rest of its answer; the wire stays usable after it."""
        connection = self._connection
        if connection is None:
            raise RuntimeError("no process: `_start` makes one")
        self._number += 1
        kind, *rest = request
        request_bytes = encode(
            [kind, self._number, *rest],
            max_bytes=self.limits.value_bytes * 4,
            handle_of=callbacks.number_of,
        )
        deadline = time.monotonic() + seconds
        try:
            connection.send(request_bytes, deadline)
            while True:
                message = connection.receive(deadline)
                answer = decode(message)
                if not isinstance(answer, list) or len(answer) < 2:
                    raise WireError("no answer")
                if answer[0] == "callback":
                    if len(message) > _LONGEST_CALLBACK:
                        raise WireError("too large arguments for a function of the check")
                    connection.send(self._call_back(answer, callbacks), deadline)
                elif answer[1] != self._number:
                    raise WireError("an answer to another call")
                elif answer[0] == "failed":
                    raise failures.described(text, answer[2:3][0], self.limits.memory_megabytes)
                else:
                    return answer
        except ConnectionLost:
            raise failures.died(text, self._end()) from None
        except (WireError, IndexError):
            self._end()
            raise failures.broke_the_channel(text) from None

    def _call_back(self, message: list[Any], callbacks: _Callbacks) -> bytes:
        """Carry out what the submission asked of a function that it was handed."""
        if len(message) != 4:
            raise WireError("no callback")
        _, number, handle, arguments = message
        valid = type(handle) is int and 0 <= handle < len(callbacks.functions)
        if not valid or type(number) is not int or not isinstance(arguments, list):
            raise WireError("a callback that was not handed out")
        try:
            answer = ["return", number, callbacks.functions[handle](*arguments)]
            return encode(answer, max_bytes=self.limits.value_bytes)
        except Exception as error:  # goes back to the student's code, which called it wrongly
            text = f"{type(error).__name__}: {error}"[:300].encode("utf-8", "replace").decode()
            return encode(["raise", number, text], max_bytes=self.limits.value_bytes)

    def _end(self) -> str:
        """End the process, keep what it printed, and return how it had ended by itself."""
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
        self._take_printed()
        text = self.printed.decode("utf-8", "replace")
        missing = self.printed_bytes - len(self.printed)
        return f"{text}\n... ({missing:,} more bytes)" if missing > 0 else text

    def close(self) -> None:
        """End the submission's process and everything that it started."""
        self._end()
