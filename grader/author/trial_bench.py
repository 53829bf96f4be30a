"""Where programs are tried: one exercise's checks, and the warm host that runs submissions."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

from grader.checking.checks import Checks
from grader.checking.specification import Check
from grader.course import Exercise, Limits
from grader.quick_dataclass import dataclass
from grader.result import CheckResult, Outcome
from grader.sandbox.host import SandboxHost
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.requests import Objects, Request
from grader.sandbox.submission_session import SubmissionSession

_FAILED = frozenset(Outcome) - {Outcome.PASSED, Outcome.BLOCKED}


class Recorder(SubmissionSession):
    """A session that remembers the arguments of the first call of each function."""

    def __init__(self, host: SandboxHost, source: SubmissionSource, limits: Limits) -> None:
        super().__init__(host, source, limits)
        self.arguments: dict[str, tuple[Any, ...]] = {}

    def request(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),
        others: Mapping[str, Callable[..., Any]] | None = None,
        named: Mapping[str, Any] | None = None,
        objects: Objects | None = None,
    ) -> Request:
        """Return a call as a request."""
        draws = objects is not None and objects.operation == ".figures"
        if objects is not None and draws:
            objects = objects._replace(operation=".facts")  # nobody looks at its pictures
        if not (named and draws):
            self.arguments.setdefault(function, tuple(arguments[draws:]))
        return super().request(function, arguments, names, others, named, objects)


@dataclass(slots=True)
class Bench:
    """Tries programs on the checks of one exercise."""

    exercise: Exercise
    host: SandboxHost
    collected: Checks
    printed: dict[str, str] = field(default_factory=dict)
    arguments: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def checks(self) -> tuple[Check, ...]:
        """The exercise's checks, in the order they run in."""
        return self.collected.of(self.exercise)

    def run(self, source: str, seed: int) -> tuple[CheckResult, ...]:
        """Run all checks on a program, and note which of them print."""
        session = Recorder(self.host, self._source(source), self.exercise.limits)
        try:
            results = []
            with contextlib.redirect_stderr(io.StringIO()) as stream:
                for result in self.collected.results(self.exercise, session, seed):
                    results.append(result)
                    if text := stream.getvalue().strip():
                        self.printed.setdefault(result.id, text)
                    stream.seek(0)
                    stream.truncate()
            for function, arguments in session.arguments.items():
                self.arguments.setdefault(function, arguments)
            return tuple(results)
        finally:
            session.close()

    def results(
        self, source: str, chosen: Sequence[str], call_seconds: float
    ) -> Generator[CheckResult, None, None]:
        """Yield the results of some checks on a program whose calls may take only so long."""
        limits = self.exercise.limits
        limits = replace(limits, call_seconds=min(limits.call_seconds, call_seconds))
        session = SubmissionSession(self.host, self._source(source), limits)
        try:
            with contextlib.redirect_stderr(io.StringIO()):
                yield from self.collected.results(self.exercise, session, 0, chosen)
        finally:
            session.close()

    def _source(self, text: str) -> SubmissionSource:
        return SubmissionSource((CodeBlock(f"{self.exercise.name}.py", text),))


def failed(result: CheckResult) -> bool:
    """Whether a check that was run did not pass."""
    return result.outcome in _FAILED
