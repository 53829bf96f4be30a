"""Calls made before they are asked for, over a session that knows nothing of it.

Waiting for each answer costs more than most calls: two processes take turns at every one of them.
So a pipeline takes the calls that will probably be asked for, and has them done early:

    prefetch    sends calls ahead; their answers are waited for later
    answer      has the next call done now, and keeps the answer for whoever asks for it
    take        is what a check asks for: where it is the next call, byte for byte, its answer is
                there already; where it is another one, all that was done early is rolled back

      asked for        answered early          sent ahead
    ────────────── ─────────────────────── ──────────────────
     a      b      c: 9f3c…      d: 41d0…      e      f      g
    ──────────────┬─────────────────────── ──────────────────
                  └ take(c) goes on; take(x) rolls back to here, and makes x

Rolling back replaces the process by one in which only what was asked for has been done. So what a
submission answers and prints never depends on what is done early.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from grader.quick_dataclass import dataclass
from grader.sandbox.exchange import Answer, CallRequest, is_unknown
from grader.sandbox.failures import CallFailure
from grader.sandbox.process import MAX_AHEAD
from grader.sandbox.replies import Loaded, Reply, SubmissionSource
from grader.sandbox.requests import Conditions, Objects, Request, left_of, run_of, value_of
from grader.sandbox.session_state import State
from grader.sandbox.submission_session import SubmissionSession

Step = tuple[CallRequest, bytes]
"""A call, and the digest of its answer."""


@dataclass(slots=True)
class _Early:
    """A request made early; once it is answered, with the answer and the state before it."""

    request: Request
    answer: Answer | CallFailure | None = None
    before: State | None = None


class Pipeline:
    """Calls a submission's functions as its session does, some of them early."""

    def __init__(self, session: SubmissionSession) -> None:
        self._session = session
        self._most = session.limits.value_bytes
        self._early: deque[_Early] = deque()
        self._looked_at = 0  # how many of these `answer` has returned since `begin`
        self._steps: list[Step | None] = []
        self._asked: list[CallRequest | None] = []

    @property
    def source(self) -> SubmissionSource:
        """The submission."""
        return self._session.source

    @property
    def steps(self) -> tuple[Step | None, ...]:
        """What was asked since `begin`; None for what has no digest, or hands functions over."""
        return tuple(self._steps)

    @property
    def asked(self) -> Sequence[CallRequest | None]:
        """All that was ever asked for; None for what cannot be sent ahead."""
        return self._asked

    @property
    def ahead(self) -> int:
        """How many calls have been sent or done early, and nobody has asked for yet."""
        return len(self._early)

    def load(self) -> Loaded:
        """Load the submission; see `SubmissionSession.load`."""
        return self._session.load()

    def defines(self, function: str) -> bool:
        """Return whether the submission defines a function: an answer that is no call's."""
        self._steps.append(None)
        return self._session.defines(function)

    def call(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),
        others: Mapping[str, Callable[..., Any]] | None = None,
        named: Mapping[str, Any] | None = None,
        objects: Objects | None = None,
    ) -> Reply:
        """Call one of the submission's functions; see `SubmissionSession.call`."""
        self.load()
        request = self._session.request(function, arguments, names, others, named, objects)
        return self.make(request)

    def value(self, name: str, known: int, conditions: Conditions) -> Reply:
        """Return the value that a name has at the top level; raises CallFailure without one."""
        self.load()
        return self.make(value_of(name, known, conditions, self._most))

    def run(self, answers: Sequence[str], text: str) -> None:
        """Run the submission anew; raises CallFailure for what it has raised."""
        self.load()
        self.make(run_of(answers, text, self._most))

    def left(self, what: str, arguments: Sequence[Any], text: str) -> Any:
        """Return what calls have left: what they printed, or a file; see `requests.left_of`."""
        self.load()
        return self.make(left_of(what, arguments, text, self._most)).value

    def make(self, request: Request) -> Reply:
        """Make a call that was prepared by the session; see `SubmissionSession.call`."""
        self._steps.append(None)
        self._asked.append(request.call if request.plain else None)
        answer = self._take(request)
        if answer.digest and request.repeatable:
            self._steps[-1] = request.call, answer.digest
        assert answer.reply is not None
        return answer.reply

    def begin(self) -> None:
        """Forget the steps; what has been done early and was not asked for can be asked for yet."""
        self._steps = []
        self._looked_at = 0

    def prefetch(self, calls: Sequence[CallRequest]) -> None:
        """Send calls ahead that will probably be asked for next, up to the first that cannot be."""
        if any(each.answer is None for each in self._early) or not self._session.can_send_ahead:
            return
        requests: list[Request] = []
        size = 0
        for call in calls:
            size += len(call.content)
            if call.others or size > MAX_AHEAD or not self._session.keeps(call):
                break
            requests.append(self._session.repeated(call))
        if requests:
            self._session.send(requests)
            self._early.extend(map(_Early, requests))

    def answer(self, call: CallRequest, known: Callable[[bytes], bool] = is_unknown) -> bytes:
        """Have the next call done; return its answer's digest, empty for a failure.

        An answer whose digest is `known` is not read until it is asked for.
        """
        place = self._looked_at
        if place < len(self._early) and self._early[place].request.call != call:
            self._roll_back(place)
        if place == len(self._early):
            self._early.append(_Early(self._session.repeated(call)))
        early = self._early[place]
        if early.answer is None:
            early.before = self._session.state()
            try:
                early.answer = self._session.make(early.request, known)
            except CallFailure as failure:
                early.answer = failure
            self._drop_lost()
        self._looked_at += 1
        return b"" if isinstance(early.answer, CallFailure) else early.answer.digest

    def accept(self) -> None:
        """Take all that `answer` has returned since `begin` as asked for."""
        for _ in range(self._looked_at):
            call = self._early.popleft().request.call
            self._asked.append(None if call.others else call)
        self._looked_at = 0

    def settle(self) -> None:
        """See that nothing has been done but what was asked for."""
        self._roll_back(0)

    def _take(self, request: Request) -> Answer:
        """Return the answer to what is asked for; raises CallFailure where there is none."""
        self._looked_at = 0
        if self._early and (self._early[0].request.call != request.call or not request.repeatable):
            self._roll_back(0)
        if not self._early:
            return self._session.make(request)
        early = self._early.popleft()
        if early.answer is None:
            try:
                return self._session.make(early.request)
            finally:
                self._drop_lost()
        if isinstance(early.answer, CallFailure):
            raise early.answer
        return early.answer

    def _roll_back(self, place: int) -> None:
        """Undo all that was done early, from a place in the line on."""
        if place >= len(self._early):
            return
        undone = [self._early.pop() for _ in range(len(self._early) - place)]
        self._looked_at = min(self._looked_at, place)
        before = undone[-1].before
        if before is not None:
            self._session.restore(before)
        elif self._session.is_in_flight(undone[-1].request):
            self._session.restore(self._session.state())

    def _drop_lost(self) -> None:
        """Forget what was sent ahead to a process that has ended since."""
        while self._early and self._early[-1].answer is None:
            if self._session.is_in_flight(self._early[-1].request):
                break
            self._early.pop()
