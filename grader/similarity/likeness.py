"""How a submission is wrong, so that two that are wrong in the same way can be told."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from grader.result import CheckResult, Outcome, Result

_LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a function is wrong: equal ones are wrong in the same way.

    `told` is the mistake's title, or the first words of the feedback where it has no name.
    """

    exercise: str
    function: str
    digest: str
    named: bool
    told: str


def likenesses(result: Result) -> tuple[Likeness, ...]:
    """Return how each function with a failed check is wrong."""
    by_function: dict[str, list[CheckResult]] = {}
    for check in result.checks:
        if check.outcome is Outcome.FAILED:
            by_function.setdefault(check.function, []).append(check)
    return tuple(_likeness(result, name, checks) for name, checks in by_function.items())


def _likeness(result: Result, function: str, checks: list[CheckResult]) -> Likeness:
    named = {found.id: found.title for check in checks for found in check.diagnosis}
    if named:
        parts, told = sorted(named), "; ".join(named.values())
    else:
        parts = [text for check in checks for text in (check.id, check.feedback)]
        told = checks[0].feedback.partition("\nCalled: ")[0] or checks[0].title
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return Likeness(result.exercise, function, digest, bool(named), told[:_LONGEST])
