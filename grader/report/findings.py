"""What a result says, arranged for reading: a row for each function, each failure told once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from math import floor, fsum
from typing import TypeVar

from grader.result import CheckResult, Diagnosis, Outcome, Result

T = TypeVar("T")

OUTCOME_WORDS = {
    Outcome.PASSED: "right",
    Outcome.FAILED: "not right yet",
    Outcome.ERROR: "raised an error",
    Outcome.NOT_IMPLEMENTED: "not written yet",
    Outcome.TIMEOUT: "took too long",
    Outcome.OUT_OF_MEMORY: "ran out of memory",
    Outcome.DIED: "ended the whole process",
    Outcome.FORBIDDEN_VALUE: "returned what can't be graded",
    Outcome.BLOCKED: "waits for another function",
    Outcome.GRADER_ERROR: "the grader failed",
}
_TELLING = frozenset(Outcome) - {Outcome.PASSED, Outcome.NOT_IMPLEMENTED}


class State(Enum):
    """How a function stands, all its checks taken together."""

    RIGHT = "right"
    WRONG = "wrong"
    UNWRITTEN = "unwritten"
    WAITING = "waiting"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class FunctionSummary:
    """One function's checks: their points and, in a few words, the most telling failure."""

    name: str
    checks: tuple[CheckResult, ...]
    state: State
    remark: str

    @property
    def points(self) -> float:
        """The points reached."""
        return fsum(check.points for check in self.checks)

    @property
    def max_points(self) -> float:
        """The points that could be reached."""
        return fsum(check.max_points for check in self.checks)


@dataclass(frozen=True, slots=True)
class Finding:
    """Checks that ended in the same way for the same reason, to be told once."""

    outcome: Outcome
    feedback: str
    checks: tuple[CheckResult, ...]

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions concerned."""
        return _distinct(check.function for check in self.checks)

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """The named mistakes."""
        return _distinct(found for check in self.checks for found in check.diagnosis)

    @property
    def hints(self) -> tuple[str, ...]:
        """The authors' hints."""
        return _distinct(check.hint for check in self.checks if check.hint)

    @property
    def lost(self) -> float:
        """The points that these checks cost."""
        return points_lost(self.checks)


def summaries(result: Result) -> tuple[FunctionSummary, ...]:
    """Return a summary of each function, in the order of its first check."""
    by_function: dict[str, list[CheckResult]] = {}
    for check in result.checks:
        by_function.setdefault(check.function, []).append(check)
    return tuple(_summary(name, tuple(checks)) for name, checks in by_function.items())


def findings(result: Result) -> tuple[Finding, ...]:
    """Return what went wrong, in the order of the checks, unwritten functions left out.

    Wrong values are told once for each function and mistake. Any other ending that checks share
    to the letter (the file can't be loaded, the process is gone) is told once altogether.
    """
    groups: dict[tuple[object, ...], list[CheckResult]] = {}
    for check in result.checks:
        if check.outcome not in (Outcome.PASSED, Outcome.NOT_IMPLEMENTED):
            alone = check.outcome is Outcome.FAILED or not check.feedback
            where = (check.function, check.diagnosis) if alone else ()
            groups.setdefault((check.outcome, check.feedback, where), []).append(check)
    return tuple(
        Finding(checks[0].outcome, checks[0].feedback, tuple(checks)) for checks in groups.values()
    )


def unwritten(function: FunctionSummary) -> str:
    """Return kind words on what of `function` is still the stub, or nothing.

    Examples
    --------
    `gradient: not written yet, it is worth 8 points`
    """
    stubs = [check for check in function.checks if check.outcome is Outcome.NOT_IMPLEMENTED]
    if not stubs:
        return ""
    lost = points_lost(stubs)
    what = "not written yet" if len(stubs) == len(function.checks) else "a part is not written yet"
    worth = f", it is worth {points_text(lost)}" if lost else ""
    return f"{function.name}: {what}{worth}"


def points_lost(checks: Iterable[CheckResult]) -> float:
    """Return the points that `checks` cost."""
    return fsum(check.max_points - check.points for check in checks)


def points_text(points: float) -> str:
    """Return `1 point`, `2.5 points`."""
    return f"{amount(points)} point{'' if points == 1 else 's'}"


def score_text(score: float, maximum: float) -> str:
    """Return `14 / 20`; what is less than the maximum never reads like it."""
    shown = amount(score)
    if score < maximum and shown == amount(maximum):
        shown = amount(floor(score * 100) / 100)
    return f"{shown} / {amount(maximum)}"


def amount(points: float) -> str:
    """Return points with two digits after the point at most: `2`, `0.5`, `1.33`."""
    return f"{points:.2f}".rstrip("0").rstrip(".") if points < 1e6 else f"{points:g}"


def _summary(name: str, checks: tuple[CheckResult, ...]) -> FunctionSummary:
    open_checks = [check for check in checks if check.outcome is not Outcome.PASSED]
    outcomes = {check.outcome for check in open_checks}
    if not outcomes:
        return FunctionSummary(name, checks, State.RIGHT, "")
    if Outcome.GRADER_ERROR in outcomes:
        state = State.UNGRADED
    elif outcomes == {Outcome.NOT_IMPLEMENTED} and len(open_checks) == len(checks):
        state = State.UNWRITTEN
    else:
        waiting = outcomes <= {Outcome.BLOCKED, Outcome.NOT_IMPLEMENTED}
        state = State.WAITING if waiting else State.WRONG
    return FunctionSummary(name, checks, state, _remark(open_checks, len(checks)))


def _remark(open_checks: list[CheckResult], total: int) -> str:
    titles = _distinct(found.title for check in open_checks for found in check.diagnosis)
    if titles:
        more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
        return titles[0] + more
    failures = [check.outcome for check in open_checks if check.outcome in _TELLING]
    if set(failures) == {Outcome.FAILED}:
        return f"{len(failures)} of {total} checks failed"
    return OUTCOME_WORDS[failures[0]] if failures else ""


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
