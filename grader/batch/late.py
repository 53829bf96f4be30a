"""How late a submission is, and what that costs by the course's own rule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from grader.batch.records import BatchAttempt
from grader.course import LatePolicy
from grader.course.moments import last_moment
from grader.quick_dataclass import dataclass

_DAY: Final = timedelta(days=1)


class LateRule(Protocol):
    """What lateness is counted by: a course has it, and so has what a batch keeps of one."""

    @property
    def late(self) -> LatePolicy:
        """What lateness costs."""

    @property
    def time_zone(self) -> ZoneInfo | None:
        """The zone whose clock and calendar count; None for each deadline's own."""


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


def lateness(attempt: BatchAttempt, rule: LateRule) -> Lateness:
    """Return how late an attempt is."""
    deadline, submitted = attempt.exercise.deadline, attempt.submitted
    if deadline is None or submitted is None:
        return Lateness(attempt.late, 0 if attempt.late is False else None, 0.0)
    return overdue(submitted, deadline, rule)


def overdue(submitted: datetime, deadline: datetime, rule: LateRule) -> Lateness:
    """Return how late a moment is, and what the course's rule makes of that.

    Within the grace minutes nothing is late; beyond them, days count from the deadline itself, by
    the clock and the calendar of the course's time zone, else of the deadline's own.

    Parameters
    ----------
    submitted : datetime
        A time without a zone, as Blackboard gives it, is taken in the zone of the days.
    deadline : datetime
    rule : LateRule
        That of the course.
    """
    zone = rule.time_zone or deadline.tzinfo or submitted.tzinfo or UTC
    due, handed_in = _placed(deadline, zone), _placed(submitted, zone)
    policy = rule.late
    if handed_in.astimezone(UTC) - due.astimezone(UTC) <= timedelta(minutes=policy.grace_minutes):
        return Lateness(False, 0, 0.0)
    days = _days(due, handed_in, zone)
    percent = min(days * policy.penalty_per_day, policy.max_penalty)
    return Lateness(True, days, percent)


def days_later(deadline: datetime, days: int, rule: LateRule) -> datetime:
    """Return the deadline so many days later, at the same time by the clock of the zone."""
    zone = rule.time_zone or deadline.tzinfo or UTC
    return last_moment(_placed(deadline, zone) + days * _DAY, zone)


def _placed(moment: datetime, zone: tzinfo) -> datetime:
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def _days(due: datetime, handed_in: datetime, zone: tzinfo) -> int:
    """Return how many days have begun: a day later it is the same time by the clock."""
    # both in one zone, Python adds and subtracts what the clock shows
    days = max(1, (handed_in - due) // _DAY)
    while last_moment(due + days * _DAY, zone).astimezone(UTC) < handed_in.astimezone(UTC):
        days += 1
    return days
