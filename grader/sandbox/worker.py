"""One submission behind the wall: loading it, and calling its functions, one at a time.

Waiting for each answer costs more than most calls: two processes take turns at every one of them.
Where it is known which calls come next, since other submissions were asked the same, they are sent
ahead (`foresee`). Each is still asked for in turn, and its answer taken only where it was asked
for with just these bytes. Calls can be made early too (`hear`), by who knows what a check asks for.
At the first other call the process is replaced by one in which only what was asked for has been
done, so that what a submission answers never depends on either.
"""

from __future__ import annotations

import contextlib
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from grader.course import Limits
from grader.result import Outcome
from grader.sandbox import exchange, failures
from grader.sandbox.child.values import encode
from grader.sandbox.exchange import Answer, Call, Callbacks
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import WorkerHost
from grader.sandbox.process import Process
from grader.sandbox.replies import Loaded, Problem, Reply, Source, read_loaded

_MOST_AHEAD: Final = 65_536  # bytes: less than a socket holds


def _is_unknown(_digest: bytes) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class _Early:
    """A call that was made before it was asked for, and after so many that had been."""

    call: Call
    answer: Answer | CallFailure
    asked: int


class Worker:
    """Keeps a submission loaded in a forked process and forks it anew after one that died.

    Functions that have once run out of time are not called again: each later call ends at
    once with the same failure.

    Attributes
    ----------
    asked : list of (Call or None)
        Every call so far, in order; None for one that hands functions over.
    heard : list of ((Call, bytes) or None)
        Every call since `listen` with its answer's digest; None for one that failed, whose answer
        has no digest, or that handed over other functions than its `others`.
    """

    def __init__(self, host: WorkerHost, source: Source, limits: Limits) -> None:
        self.host = host
        self.source = source
        self.limits = limits
        self._process = Process(host, limits)
        self._hung: dict[str, CallFailure] = {}
        self._loaded: Loaded | CallFailure | None = None
        self._definitions_only = False
        self._served: set[str] = set()  # the functions called in the process that runs
        self._spent: defaultdict[str, float] = defaultdict(float)
        self.asked: list[Call | None] = []
        self._begun = 0  # how many of these were asked before the process that runs
        self._ahead: deque[tuple[int, Call]] = deque()
        self.heard: list[tuple[Call, bytes] | None] = []
        self._early: deque[_Early] = deque()
        self._recalled = 0  # how many of these what is being recalled asks for
        self._reloaded = False
        self._printed_before = b"", 0

    @property
    def layers(self) -> tuple[str, ...]:
        """The walls around its process."""
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
        others = dict(others or {})
        callbacks = Callbacks(self.limits.value_bytes)
        content = self._encoded([function, list(arguments), others], callbacks)
        text = failures.signature_of(function, names, tuple(arguments))
        call = Call(function, content, len(arguments), text, others)
        self.heard.append(None)
        answer = self._heard_early(call) or self._made(call, callbacks)
        if answer.digest and len(callbacks.functions) == len(others):
            self.heard[-1] = call, answer.digest
        assert answer.reply is not None
        return answer.reply

    def hear(self, call: Call, known: Callable[[bytes], bool] = _is_unknown) -> bytes:
        """Make a call before it is asked for; return its answer's digest, empty for a failure.

        The answer is kept for when it is asked for. One whose digest is `known` is not read.
        """
        if self._recalled < len(self._early) and self._early[self._recalled].call != call:
            self._unask()
        if self._recalled == len(self._early):
            before = len(self.asked)
            callbacks = Callbacks(self.limits.value_bytes, list(call.others.values()))
            try:
                made: Answer | CallFailure = self._made(call, callbacks, known)
            except CallFailure as failure:
                made = failure
            self._early.append(_Early(call, made, before))
        answer = self._early[self._recalled].answer
        self._recalled += 1
        return b"" if isinstance(answer, CallFailure) else answer.digest

    def accept_heard(self) -> None:
        """Take the calls that `hear` was told of since `listen` as asked for."""
        for _ in range(self._recalled):
            self._early.popleft()
        self._recalled = 0

    def listen(self) -> None:
        """Begin with `heard` anew; what has been made early and not asked for can be heard yet."""
        self.heard = []
        self._recalled = 0

    def _heard_early(self, call: Call) -> Answer | None:
        """Return the answer to a call that has been made already; None where it has not been."""
        if self._early and self._early[0].call != call:
            self._unask()
        if not self._early:
            return None
        answer = self._early.popleft().answer
        self._recalled = 0
        if isinstance(answer, CallFailure):
            raise answer
        return answer

    def _unask(self) -> None:
        """Undo the calls that were made before they were asked for, and have not been since."""
        if self._early:
            del self.asked[self._early[0].asked :]
            self._begun = min(self._begun, len(self.asked))
            self._early.clear()
            self._recalled = 0
            with contextlib.suppress(CallFailure):
                self._go_back()

    def _made(
        self, call: Call, callbacks: Callbacks, known: Callable[[bytes], bool] = _is_unknown
    ) -> Answer:
        """Make a call, twice where the process has ended for what others had done in it."""
        function = call.function
        self.load()
        if function in self._hung:
            raise self._hung[function]
        start = time.monotonic()
        try:
            return self._call(call, callbacks, known)
        except CallFailure:
            alone = self._served <= {function}
            if alone or self._process.running or function in self._hung:
                raise
            # another function may have left a thread or filled the memory: not this one's fault
            return self._call(call, callbacks, known)
        finally:
            self._spent[function] += time.monotonic() - start
            if self._spent[function] > self.limits.cpu_seconds:
                self._hung[function] = failures.used_up(function, self.limits.cpu_seconds)

    def foresee(self, calls: Sequence[Call | None]) -> None:
        """Send calls ahead that will probably be made next: some of another worker's `asked`."""
        done = self.asked[self._begun :]
        if self._ahead or not self._process.running or None in done or self._process.wire.pending():
            return
        size = 0
        for call in calls:
            if call is None or (size := size + len(call.content)) > _MOST_AHEAD:
                break
            self._ahead.append((exchange.new_number(), call))
        messages = [exchange.message("call", number, call.content) for number, call in self._ahead]
        self._process.send_ahead(messages)
        if not self._process.running:
            self._ahead.clear()

    def asked_since(self, number: int) -> tuple[Call, ...] | None:
        """Return the calls after so many; None where another worker cannot be asked the same."""
        calls = [call for call in self.asked[number:] if call is not None]
        whole = len(calls) == len(self.asked) - number and self._begun <= number
        return tuple(calls) if whole else None

    def settle(self) -> None:
        """See that nothing has been done but what was asked for."""
        self._unask()
        self._take_back()

    def _take_back(self) -> None:
        """Undo the calls that were sent ahead, and have not been asked for."""
        if self._ahead:
            with contextlib.suppress(CallFailure):
                self._go_back()

    def _go_back(self) -> None:
        """Replace the process by one in which only what was asked for has been done."""
        calls = [call.content for call in self.asked[self._begun :] if call is not None]
        begun, served = self._begun, set(self._served)
        self._end()
        self._process.forget_printed(self._printed_before)
        self._start(self._reloaded)
        self._begun = begun
        self._served.update(served)
        # where it does not do the same again, each call is on its own
        number = exchange.new_number
        self._process.repeat([exchange.message("call", number(), call) for call in calls])

    def _call(self, call: Call, callbacks: Callbacks, known: Callable[[bytes], bool]) -> Answer:
        """Make a call once, in a process that waits for it."""
        if self._ahead and (callbacks.functions or self._ahead[0][1] != call):
            self._go_back()
        if self._ahead:
            (number, _), message = self._ahead.popleft(), b""
        else:
            if self._process.running and self._process.wire.pending():
                self._end()  # an answer that nobody has asked for would be taken for this one's
            if not self._process.running:
                self._start()
            number = exchange.new_number()
            message = exchange.message("call", number, call.content)
        self._served.add(call.function)
        self.asked.append(None if callbacks.functions else call)
        limit = self.limits.call_seconds
        try:
            data = self._process.ask(message, number, call.text, limit, callbacks)
        except TimeoutError:
            self._end()
            self._hung[call.function] = failures.timed_out(call.text, limit)
            raise self._hung[call.function] from None
        except CallFailure as failure:
            if not self._process.running:
                self._ahead.clear()
            if failure.outcome is Outcome.OUT_OF_MEMORY:
                self._take_back()
                self._end()  # what fills the memory may stay there
            raise
        answer = Answer(data, number, call.arguments)
        if not known(answer.digest) and answer.reply is None:
            self._end()
            raise failures.broke_the_channel(call.text)
        return answer

    def _encoded(self, request: list[Any], callbacks: Callbacks) -> bytes:
        """Return what a request says, without its kind and number."""
        most = self.limits.value_bytes * 4
        return encode(request, max_bytes=most, handle_of=callbacks.number_of)

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
        """Fork a worker and load the submission into it; what that prints counts only once."""
        text = f"running {self.source.title}"
        self._reloaded = self._loaded is not None if reloaded is None else reloaded
        self._printed_before = self._process.printed, self._process.printed_bytes
        self._served.clear()
        self._begun = len(self.asked)
        self._process.start()
        blocks = [[block.label, block.source] for block in self.source.blocks]
        try:
            seconds = self.limits.load_seconds
            modules = [[module.name, module.label, module.source] for module in self.source.modules]
            only = self._definitions_only
            request = [blocks, modules, self.source.notebook, seconds, only]
            callbacks = Callbacks(self.limits.value_bytes)
            number = exchange.new_number()
            message = exchange.message("load", number, self._encoded(request, callbacks))
            answer = exchange.read(self._process.ask(message, number, text, seconds, callbacks))
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
        if len(blocks) == 1 and loaded.problems and loaded.problems[0].failure.unread:
            self._end()
            raise loaded.problems[0].failure
        return loaded

    def output(self) -> str:
        """Return what the submission has printed so far, cut to the limit and saying so."""
        self.settle()
        return self._process.output()

    def close(self) -> None:
        """End the submission's process and everything that it started."""
        self._end()

    def _end(self) -> None:
        self._ahead.clear()
        self._process.end()
