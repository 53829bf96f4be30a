"""How often somebody may still hand in, by the course's `[server]`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from grader.course.server_rules import Serving
from grader.quick_dataclass import dataclass
from grader.server.grades import StandingAttempt

_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How many attempts are left in all, None for any number; when there is one again this hour."""

    left: int | None = None
    again: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody may hand in now."""
        return self.left != 0 and self.again is None


def allowance(serving: Serving, own: Sequence[StandingAttempt], now: datetime) -> Allowance:
    """Return what is left of what the course allows; where the grader failed, nothing is used up.

    Parameters
    ----------
    serving : Serving
    own : sequence of StandingAttempt
        Somebody's attempts at an exercise.
    now : datetime
    """
    used = sorted(one.attempt.handed_in for one in own if one.status != "ungraded")
    left = None if serving.attempts is None else max(serving.attempts - len(used), 0)
    again = None
    if (most := serving.attempts_per_hour) is not None:
        recent = [each for each in used if now - each < _HOUR]
        if len(recent) >= most:
            again = recent[-most] + _HOUR
    return Allowance(left, again)
