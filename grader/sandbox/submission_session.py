"""One submission in the sandbox: loading it, and calling its functions, one at a time.

A session holds the submission in a process of its own, and starts another where that one has ended.
It does what it is told and foresees nothing; `pipeline` says what is done early, and goes back to
an earlier state where that was not asked for.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

from grader.course import Limits
from grader.result import Outcome
from grader.sandbox import exchange, failures
from grader.sandbox.exchange import Answer, Callbacks, CallRequest, is_unknown
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.out_of_time import OutOfTime
from grader.sandbox.process import Process
from grader.sandbox.replies import Loaded, Problem, Reply, SubmissionSource, read_loaded, running
from grader.sandbox.requests import Objects, Request, call_of, encoded, load_of
from grader.sandbox.session_state import State


class SubmissionSession:
    """Keeps a submission loaded in a forked process and forks it anew after one that died.

    Functions that have once run out of time are not called again: each later call ends at
    once with the same failure. Where it has gone back to an earlier state, the process for that
    is started when something is asked of it, which often nobody does.

    Attributes
    ----------
    cells : set of str
        Cells after which the module is kept as it is then; one is added when it is asked for.
    """

    def __init__(self, host: SandboxHost, source: SubmissionSource, limits: Limits) -> None:
        self.host = host
        self.source = source
        self.limits = limits
        self._process = Process(host, limits)
        self._out_of_time = OutOfTime(limits)
        self._loaded: Loaded | CallFailure | None = None
        self._definitions_only = False
        self._processes = 0  # how many have been started
        self._in_flight = 0  # requests that were sent to the one that runs, and are not answered
        self._requests: list[Request] = []  # that were made of it
        self._reloaded = False
        self._is_behind = False  # it has gone back to a state, whose process is not started yet
        self._is_silent = False  # as far as that has got, it has printed nothing
        self._printed_before = b"", 0
        self.cells: set[str] = set()
        self._kept: frozenset[str] = frozenset()

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers of isolation around its process."""
        return self._process.layers

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
                self._loaded = self._salvage(failure)
        if isinstance(self._loaded, CallFailure):
            raise self._loaded
        return self._loaded

    def defines(self, function: str) -> bool:
        """Return whether the submission defines a function; loads it if need be."""
        return function in self.load().functions

    def gave_up(self, function: str) -> bool:
        """Return whether a function has run out of time or memory, and is not called again."""
        return function in self._out_of_time

    def call(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),
        others: Mapping[str, Callable[..., Any]] | None = None,
        named: Mapping[str, Any] | None = None,
        objects: Objects | None = None,
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
        named : mapping, optional
            Arguments that are passed by name.
        objects : Objects, optional
            What the call has to do with the submission's objects; without it, they are refused.

        Raises
        ------
        CallFailure
            The call gave no value.
        """
        self.load()
        answer = self.make(self.request(function, arguments, names, others, named, objects))
        assert answer.reply is not None
        return answer.reply

    def request(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),
        others: Mapping[str, Callable[..., Any]] | None = None,
        named: Mapping[str, Any] | None = None,
        objects: Objects | None = None,
    ) -> Request:
        """Return a call as a request, which `make` makes; see `call`."""
        most = self.limits.value_bytes
        return call_of(function, arguments, names, others, named, objects, most)

    def repeated(self, call: CallRequest) -> Request:
        """Return a request for a call that was made before, in this session or in another."""
        return Request(call, Callbacks(self.limits.value_bytes, list(call.others.values())))

    def make(self, request: Request, known: Callable[[bytes], bool] = is_unknown) -> Answer:
        """Make a call and return its answer; one whose digest is `known` need not be read.

        It is made twice where the process has ended for what other functions had done in it.

        Raises
        ------
        CallFailure
            The call gave no value.
        """
        function = request.call.function
        self.load()
        if function in self._out_of_time:
            self._drop_in_flight()
            raise self._out_of_time[function]
        if not self.keeps(request.call):
            self.cells.add(request.call.after)
            self.restore(self.state())
        if not self.is_in_flight(request):
            self._drop_in_flight()
        elif (answer := self._arrived(request, known)) is not None:
            return answer
        self._catch_up()
        self._out_of_time = self._out_of_time.copy()  # states have the one there was
        start = time.monotonic()
        try:
            return self._make(request, known)
        except CallFailure:
            alone = all(each.call.function == function for each in self._requests)
            again = not alone and not request.call.on_objects and not self._process.running
            if not again or function in self._out_of_time:
                raise
            # another function may have left a thread or filled the memory: not this one's fault
            return self._make(request, known)
        finally:
            self._out_of_time.spend(function, time.monotonic() - start)

    def send(self, requests: Sequence[Request]) -> None:
        """Send requests ahead of their turn; they are answered in this order, and next."""
        self._catch_up()
        if not self._process.running:
            return
        for one, number in zip(requests, exchange.new_numbers(len(requests)), strict=True):
            one.number, one.sent_to = number, self._processes
        self._in_flight += len(requests)
        self._process.send_ahead(
            [exchange.message("call", each.number, each.call.content) for each in requests]
        )
        if not self._process.running:
            self._in_flight = 0

    def keeps(self, call: CallRequest) -> bool:
        """Return whether the process has kept what a call needs of an earlier time."""
        return not call.after or call.after in self._kept

    def is_in_flight(self, request: Request) -> bool:
        """Return whether a request was sent, and its answer may still come."""
        return self._in_flight > 0 and request.sent_to == self._processes

    @property
    def can_send_ahead(self) -> bool:
        """Whether requests may be sent ahead: all that was done could be done again."""
        if self._in_flight or not all(request.repeatable for request in self._requests):
            return False
        if self._is_behind:
            return True
        return self._process.running and not self._process.wire.pending()

    def state(self) -> State:
        """Return what has been done up to now, without what is in flight."""
        running = self._process.running or self._is_behind
        printed = self._printed_before if running else self._printed
        requests = self._requests if running else ()
        return State(requests, len(requests), running, self._reloaded, printed, self._out_of_time)

    def restore(self, state: State) -> None:
        """Go back to a state: the process is replaced by one in which only that has been done."""
        requests = list(state.requests[: state.made])
        silent = self._is_silent or not self._is_behind
        self._end()
        self._is_silent = silent and self._process.printed_bytes == state.printed[1]
        self._process.forget_printed(state.printed)
        self._out_of_time = state.out_of_time
        self._is_behind = state.running
        if state.running:
            self._requests, self._reloaded = requests, state.reloaded
            self._printed_before = state.printed

    def _catch_up(self) -> None:
        """Start the process that this session has gone back to, and do in it what was done."""
        if not self._is_behind:
            return
        requests = self._requests
        with contextlib.suppress(CallFailure):
            self._start(self._reloaded)
            self._requests = requests
            self._repeat(requests)

    def _repeat(self, requests: Sequence[Request]) -> None:
        """Make calls once more; where they do not do the same again, each call is on its own."""
        for plain, each in groupby(requests, key=lambda request: request.plain):
            calls = [self.repeated(request.call) for request in each if request.repeatable]
            for one in calls:
                one.number = exchange.new_number()
            messages = [exchange.message("call", one.number, one.call.content) for one in calls]
            if plain:
                self._process.repeat(messages)
                continue
            for one, message in zip(calls, messages, strict=True):
                if not self._process.running:
                    return
                seconds, text = self._seconds(one.call), one.call.text
                try:
                    self._process.ask(message, one.number, text, seconds, one.callbacks)
                except CallFailure:
                    continue
                except TimeoutError:
                    self._end()

    def _seconds(self, call: CallRequest) -> float:
        return self.limits.load_seconds if call.loads else self.limits.call_seconds

    def _drop_in_flight(self) -> None:
        if self._in_flight:
            self.restore(self.state())

    def _arrived(self, request: Request, known: Callable[[bytes], bool]) -> Answer | None:
        """Return the answer to a request in flight where it is here already: it took no time."""
        if (data := self._process.arrived(request.number)) is None:
            return None
        self._in_flight -= 1
        request.taken()
        self._requests.append(request)
        return self._read(data, request, known)

    def _make(self, request: Request, known: Callable[[bytes], bool]) -> Answer:
        """Make a call once, in a process that waits for it or has it already."""
        call = request.call
        if self.is_in_flight(request):
            self._in_flight -= 1
            message = b""
        else:
            if self._process.running and self._process.wire.pending():
                self._end()  # an answer that nobody has asked for would be taken for this one's
            if not self._process.running:
                self._start()
            request.number = exchange.new_number()
            message = exchange.message("call", request.number, call.content)
        request.taken()
        self._requests.append(request)
        limit, start = self._seconds(call), time.monotonic()
        try:
            data = self._process.ask(message, request.number, call.text, limit, request.callbacks)
        except TimeoutError:
            self._end()
            raise self._out_of_time.stopped(call, limit) from None
        except CallFailure as failure:
            if self._out_of_time.is_endless(failure.within):
                self._end()
                raise self._out_of_time.stopped_within(call, failure.within) from None
            if failure.outcome is Outcome.OUT_OF_MEMORY:
                self._drop_in_flight()
                self._keep_printed()
                self._end()  # what fills the memory may stay there
                called = [each.call.function for each in self._requests]
                self._out_of_time.fill(call.function, called, time.monotonic() - start)
            elif not self._process.running:
                self._in_flight = 0
            raise
        return self._read(data, request, known)

    def _read(self, data: bytes, request: Request, known: Callable[[bytes], bool]) -> Answer:
        answer = Answer(data, request.number, request.call)
        if not known(answer.digest) and answer.reply is None:
            self._end()
            raise failures.broke_the_channel(request.call.text)
        return answer

    def _salvage(self, failure: CallFailure) -> Loaded | CallFailure:
        """Load what is defined and nothing else, where running the rest ended the process."""
        if failure.unread:
            return failure
        self._definitions_only = True
        self._loaded = None
        try:
            loaded = self._start()
        except CallFailure:
            return failure
        return replace(loaded, problems=(Problem(self.source.title, failure), *loaded.problems))

    def _start(self, reloaded: bool | None = None) -> Loaded:
        """Fork a process and load the submission into it; what that prints counts only once."""
        text = running(self.source.title)
        self._reloaded = self._loaded is not None if reloaded is None else reloaded
        self._printed_before = self._printed
        self._requests = []
        self._processes += 1
        self._in_flight = 0
        self._is_behind = False
        self._process.start()
        self._kept = frozenset(self.cells)
        try:
            seconds, callbacks = self.limits.load_seconds, Callbacks(self.limits.value_bytes)
            problems = self.loaded.problems if self.loaded is not None else ()
            request = load_of(self.source, seconds, self._definitions_only, self._kept, problems)
            content = encoded([*request, *self._out_of_time.endless], callbacks)
            number = exchange.new_number()
            message = exchange.message("load", number, content)
            data = self._process.ask(message, number, text, seconds, callbacks)
            answer = exchange.read(data)[0]
        except TimeoutError:
            self._end()
            self._loaded = failures.timed_out(text, self.limits.load_seconds)
            raise self._loaded from None
        if self._reloaded:  # what it prints has been shown already
            self._process.forget_printed(self._printed_before)
        loaded = read_loaded(answer, self.limits.memory_megabytes)
        if loaded is None:
            self._end()
            raise failures.broke_the_channel(text)
        if len(self.source.blocks) == 1 and loaded.problems and loaded.problems[0].failure.unread:
            self._end()
            raise loaded.problems[0].failure
        return loaded

    def output(self) -> str:
        """Return what the submission has printed so far, cut to the limit and saying so."""
        self._keep_printed()
        return self._process.output()

    def close(self) -> None:
        """End the submission's process and everything that it started.

        Where it has gone back to an earlier state, what was printed up to there may be lost:
        nothing is done once more for it. Ask for the output before.
        """
        self._end()

    def _keep_printed(self) -> None:
        if self._is_behind and not self._is_silent:
            self._catch_up()

    @property
    def _printed(self) -> tuple[bytes, int]:
        return self._process.printed, self._process.printed_bytes

    def _end(self) -> None:
        self._in_flight = 0
        self._is_behind = False
        self._process.end()
