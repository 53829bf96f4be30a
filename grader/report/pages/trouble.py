"""What keeps a submission from being wrong in any interesting way: it is not there, or breaks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import CheckResult, Outcome, Result

TroubleKind = Literal["not_started", "unloadable", "loops", "crashes"]

_UNWRITTEN: Final = (Outcome.NOT_IMPLEMENTED, Outcome.BLOCKED)
_CRASHED: Final = (Outcome.ERROR, Outcome.DIED, Outcome.OUT_OF_MEMORY)
_RUNNING: Final = "running "  # how feedback begins where the file itself gave nothing to call
_LEFT_OUT: Final = "see the warnings"  # how it goes on where a part of the file was left out
_STOPPED: Final = "CellTimeoutError"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Of which kind it is, and in a few words what happened; empty where there is no more to say.

    A submission is `not_started` where every function is still to be written, `unloadable` where
    Python can't read the file; it `loops` or `crashes` where a call, or the file, does.
    """

    kind: TroubleKind
    told: str = ""


def trouble(result: Result) -> Trouble | None:
    """Return what kept a result from full marks before any value could be wrong, or None."""
    checks = result.checks
    if checks and all(check.outcome in _UNWRITTEN for check in checks):
        return _unwritten(result)
    if checks and all(_is_of_the_file(check) for check in checks):
        first = checks[0]
        if first.outcome is Outcome.ERROR and len({check.feedback for check in checks}) == 1:
            return Trouble("unloadable", first.cause or first.feedback)
    for kind, outcomes in _BROKEN:
        found = [check for check in checks if check.outcome in outcomes]
        if found:
            return Trouble(kind, _told(found))
    return None


_BROKEN: Final[tuple[tuple[TroubleKind, Sequence[Outcome]], ...]] = (
    ("loops", (Outcome.TIMEOUT,)),
    ("crashes", _CRASHED),
)


def _unwritten(result: Result) -> Trouble:
    if result.warnings and any(_LEFT_OUT in check.feedback for check in result.checks):
        warning = result.warnings[0]
        return Trouble("loops" if _STOPPED in warning else "crashes", warning)
    return Trouble("not_started")


def _is_of_the_file(check: CheckResult) -> bool:
    return check.outcome not in (Outcome.PASSED, *_UNWRITTEN) and check.feedback.startswith(
        _RUNNING
    )


def _told(checks: Sequence[CheckResult]) -> str:
    first = checks[0]
    if not first.cause:
        return first.function
    if first.function in first.cause:
        return first.cause
    return _("{function}: {cause}", function=first.function, cause=first.cause)
