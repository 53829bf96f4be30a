"""Runs a submission with each of many alternatives, in the sandbox."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from grader.course import Limits
from grader.diagnosis.observation import Inputs, ObservedCall
from grader.diagnosis.repair.student_code import StudentCode
from grader.sandbox.child import processes
from grader.sandbox.deadline import Deadline
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.replies import CodeBlock, Module, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

_PRELUDE: Final = CodeBlock("prelude", Path(__file__).with_name("prelude.py").read_text("utf-8"))
_WATCH_SECONDS: Final = 0.15
_EACH_SECONDS: Final = 0.03
_MAX_TRIALS: Final = 5_000
_TRIALS_OF_A_TEXT: Final = 40  # that loading one costs as much as
SLOWEST: Final = 1.5
"""How many times its processor time the search may take by the clock."""
_MOST_GIVEN_BACK: Final = 5.0  # times that, where others had the processors
_LAST_SECONDS: Final = 2.0  # by then it is asked how long they had them
_AT_ONCE: Final = 200


class Budget:
    """How much may be tried for the repairs of one submission.

    The trials are counted, so that the same is found on every machine, whatever else it does. The
    processor time, on both sides of the wall, ends only what takes several times as long as most,
    and the clock, as for a call, what waits. What the sandbox says of its time is believed no
    further.
    """

    def __init__(self, seconds: float, host: SandboxHost) -> None:
        self.trials = _MAX_TRIALS
        self._end = time.process_time() + seconds
        self._host = host
        self._waited = -_own_waiting()
        self._clock = Deadline(SLOWEST * seconds, self._kept_waiting, _MOST_GIVEN_BACK)

    def _kept_waiting(self) -> float:
        """Return the seconds that either side could have run and others had the processors."""
        return self._waited + _own_waiting() + self._host.kept_waiting()

    def count_waiting(self) -> None:
        """Count what the process in the sandbox, which is to end, was kept waiting."""
        self._waited += self._host.kept_waiting()

    def take(self, trials: int) -> int:
        """Return how many of these trials may be made, and take them off."""
        taken = min(trials, self.trials)
        self.trials -= taken
        return taken

    def spend(self, seconds: float) -> None:
        """Take off what the sandbox has used."""
        self._end -= max(seconds, 0.0)

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Count nothing of what is done meanwhile: it is done once, for all submissions."""
        processor, clock = time.process_time(), time.monotonic()
        yield
        self._end += time.process_time() - processor
        self._clock.at += time.monotonic() - clock

    @property
    def is_spent(self) -> bool:
        """Whether nothing more may be tried."""
        return self.trials <= 0 or self.left <= 0

    @property
    def left(self) -> float:
        """The seconds that are left, 0 or less where none are."""
        return min(self._end - time.process_time(), self.left_by_the_clock)

    @property
    def left_by_the_clock(self) -> float:
        """The seconds that are left however little of them the search gets."""
        if self._clock.at - time.monotonic() < _LAST_SECONDS:
            self._clock.put_off()
        return self._clock.at - time.monotonic()


class Trials:
    """A submission in the sandbox whose text holds alternatives, or notes of what it works out.

    It is another process than that in which the checks were run: what happens in it is told to
    nobody. All texts of one search are run in it, one after another, as a notebook's cells are run
    again: that costs half of what another process does. Where one does not run to its end, or
    the process is gone, the next one gets a process of its own.
    """

    def __init__(self, host: SandboxHost, limits: Limits, budget: Budget) -> None:
        self._host = host
        self._limits = limits
        self._budget = budget
        self._session: SubmissionSession | None = None
        self._source: SubmissionSource | None = None
        self._spent = 0.0

    def __enter__(self) -> Trials:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process; the next text that is loaded, or asked, gets another."""
        if self._session is not None:
            self._budget.count_waiting()
            self._session.close()
        self._session = None
        self._spent = 0.0

    def load(self, source: SubmissionSource, function: str) -> bool:
        """Load a text of the submission, in place of the last; return whether it has a function."""
        before, self._source = self._source, source
        self._budget.take(_TRIALS_OF_A_TEXT)
        if self._session is not None and before is not None and _may_follow(before, source):
            blocks = [[each.label, each.source] for each in source.blocks[1:]]
            if self._asked("_bpgrade_run", (blocks, function)) == [True]:
                return True
        self.close()
        try:
            return function in self._started().load().functions
        except CallFailure:
            return False

    def _started(self) -> SubmissionSession:
        """Return the session of the text that was loaded last, begun anew where it has ended."""
        if self._session is None:
            assert self._source is not None, "nothing is loaded"
            left = max(self._budget.left_by_the_clock, 0.05)
            limits = replace(
                self._limits,
                load_seconds=min(self._limits.load_seconds, left),
                call_seconds=min(self._limits.call_seconds, left),
            )
            self._session = SubmissionSession(self._host, self._source, limits)
        return self._session

    def shown(
        self, function: str, inputs: Inputs, numbers: Sequence[int]
    ) -> Iterator[tuple[int, ObservedCall]]:
        """Yield what the function shows with each alternative; what gives no value is left out."""
        for first in range(0, len(numbers), _AT_ONCE):
            if self._budget.is_spent:
                return
            seconds = self._budget.left
            some = numbers[first : first + _AT_ONCE]
            some = some[: self._budget.take(len(some))]
            each = max(min(_EACH_SECONDS, seconds / 4), 0.005)
            arguments = (function, list(inputs), list(some), each, seconds)
            answers = self._asked("_bpgrade_try", arguments)
            calls: list[ObservedCall | None] = []
            for number, answer in zip(some, answers, strict=False):
                known = type(answer) is int and 0 <= answer < len(calls)
                calls.append(calls[answer] if known else _observed(answer))
                call = calls[-1]
                if call is not None:
                    yield number, call

    def noted(self, function: str, inputs: Inputs) -> dict[str, list[Any]]:
        """Return what the noted expressions are worth in a call, by the names of their places."""
        arguments = (function, list(inputs), max(min(_WATCH_SECONDS, self._budget.left), 0.01))
        found: dict[str, list[Any]] = {}
        for item in self._asked("_bpgrade_watched", arguments):
            if isinstance(item, list) and len(item) == 2 and isinstance(item[1], list):
                found[str(item[0])] = item[1]
        return found

    def _asked(self, function: str, arguments: Sequence[Any]) -> list[Any]:
        try:
            value = self._started().call(function, arguments).value
        except CallFailure:
            self.close()
            return []
        if not isinstance(value, list) or not value or not isinstance(value[0], float):
            return []
        self._budget.spend(value[0] - self._spent)
        self._spent = value[0]
        return value[1:]


def _own_waiting() -> float:
    return processes.kept_waiting(os.getpid()) / 1e6


def _may_follow(before: SubmissionSource, source: SubmissionSource) -> bool:
    """Return whether a text can be run where another has been, and leaves nothing of that.

    What is imported is not run again, nor are definitions under a main guard.
    """
    return (
        before.modules == source.modules
        and len(before.blocks) == len(source.blocks)
        and (source.notebook or not any(_guards(each.source) for each in source.blocks[1:]))
    )


def _guards(text: str) -> bool:
    """Return whether definitions stand under a main guard."""
    inside = False
    for line in text.split("\n"):
        if inside and line.lstrip().startswith(("def ", "class ")):
            return True
        if line and not line[0].isspace():
            inside = line.startswith("if ") and "__main__" in line
    return False


def _observed(answer: Any) -> ObservedCall | None:
    if not isinstance(answer, list) or len(answer) != 3 or not isinstance(answer[1], list):
        return None
    changed = frozenset(each for each in answer[1] if type(each) is int)
    return ObservedCall(answer[0], changed, answer[2] is True)


def written(
    source: SubmissionSource, code: StudentCode, files: Collection[int], *, bare: bool
) -> SubmissionSource:
    """Return a submission with the text that some of its files have in `code`.

    `bare` says whether it is loaded without what answers trials.
    """
    parts: list[CodeBlock | Module] = [*source.blocks, *source.modules]
    for number in files:
        parts[number] = replace(parts[number], source=code.files[number].text)
    blocks = tuple(each for each in parts if isinstance(each, CodeBlock))
    modules = tuple(each for each in parts if isinstance(each, Module))
    first = () if bare else (_PRELUDE,)
    return replace(source, blocks=(*first, *blocks), modules=modules, name=source.title)
