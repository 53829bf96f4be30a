"""How late a submission is, and what that costs by the course's own rule."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from grader.batch.records import Attempt
from grader.course import Course, LatePolicy

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lateness:
    """Whether a submission is late; None where neither a date nor a mark says so.

    `days` counts the days begun since the deadline, None where the platform only marks it as
    late; `percent` of its score is taken off.
    """

    late: bool | None
    days: int | None
    percent: float

    def final(self, score: float) -> float:
        """Return what is left of a score."""
        return round(score * (1 - self.percent / 100), 9)


def lateness(attempt: Attempt, course: Course) -> Lateness:
    """Return how late an attempt is.

    A time without a zone, as Blackboard gives it, is taken in the deadline's zone. Within the
    grace minutes nothing is late; beyond them, days count from the deadline itself.
    """
    deadline, submitted = attempt.exercise.deadline, attempt.submitted
    if deadline is None or submitted is None:
        return Lateness(attempt.late, 0 if attempt.late is False else None, 0.0)
    return overdue(submitted, deadline, course.late)


def overdue(submitted: datetime, deadline: datetime, policy: LatePolicy) -> Lateness:
    """Return how late a moment is, and what the course's rule makes of that."""
    if submitted.tzinfo is None:
        submitted = submitted.replace(tzinfo=deadline.tzinfo)
    over = submitted - deadline
    if over <= timedelta(minutes=policy.grace_minutes):
        return Lateness(False, 0, 0.0)
    days = math.ceil(over / _DAY)
    percent = min(days * policy.penalty_per_day, policy.max_penalty)
    return Lateness(True, days, percent)
