"""How a submission is wrong, so that two that are wrong in the same way can be told."""

from __future__ import annotations

import hashlib
from typing import Final

from grader.language import gettext_lazy as _
from grader.language import in_languages, joined, recorded, shortened
from grader.quick_dataclass import dataclass
from grader.result import CheckResult, Outcome, Result

_CALLED: Final = "\nCalled: "
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
        parts = sorted(named)
        told: str = joined(*named.values(), separator=_("; "))
    else:
        parts = [text for check in checks for text in (check.id, check.feedback)]
        told = _without_call(checks[0].feedback) or checks[0].title
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return Likeness(result.exercise, function, digest, bool(named), shortened(told, _LONGEST))


def _without_call(feedback: str) -> str:
    """Return feedback up to the lines that show the call, which are code in every language."""
    kept, called, shown = feedback.partition(_CALLED)
    if not called:
        return feedback
    lines = shown.count("\n") + 1
    others = in_languages(feedback)[1]
    return recorded(
        kept, {name: "\n".join(said.split("\n")[:-lines]) for name, said in others.items()}
    )
