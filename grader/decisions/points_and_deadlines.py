"""What stands in a decision's value: points, and deadlines as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Final

from grader.batch.late import LateRule, days_later
from grader.course.moments import in_zone

_NUMBER: Final = re.compile(r"(\d{1,9})(?:[.,](\d{1,9}))?", re.ASCII)
_DAYS: Final = re.compile(r"\+?\s*(\d{1,3})\s*(?:d|days?)?", re.ASCII)
_MOST_YEARS: Final = range(1971, 3000)  # those of course.toml


def points_in(text: str) -> float | None:
    """Return the number from 0 up that a text is, with a point or a comma; None where it is none.

    Examples
    --------
    >>> points_in("6,5"), points_in(" 7 "), points_in("-1"), points_in("1e3")
    (6.5, 7.0, None, None)
    """
    found = _NUMBER.fullmatch(text.strip())
    return float(f"{found[1]}.{found[2] or 0}") if found else None


def number_text(points: float) -> str:
    """Return points as they are written, in full."""
    return f"{points:.12g}"


def deadline_text(text: str) -> str:
    """Return a new deadline in the one form that is kept; empty where the text is none.

    Examples
    --------
    >>> deadline_text("+3"), deadline_text("1 day"), deadline_text("2026-12-05T18:00")
    ('3 days', '1 day', '2026-12-05 18:00')
    >>> deadline_text("until 2026-12-05"), deadline_text("5 Dec")
    ('2026-12-05', '')
    """
    plain = text.strip().removeprefix("until ").strip()
    if days := _DAYS.fullmatch(plain):
        number = int(days[1])
        return f"{number} {'day' if number == 1 else 'days'}" if number else ""
    moment = _moment(plain)
    return plain.replace("T", " ", 1) if moment and moment.year in _MOST_YEARS else ""


def days_in(text: str) -> int | None:
    """Return how many days an extension's value gives; None where it is a moment."""
    days = _DAYS.fullmatch(text)
    return int(days[1]) if days else None


def extended(deadline: datetime, text: str, rule: LateRule) -> datetime:
    """Return the deadline that a text puts in the place of the course's own, never an earlier one.

    Parameters
    ----------
    deadline : datetime
        The course's.
    text : str
        As `deadline_text` gives it.
    rule : LateRule
        Its time zone is where days are counted, and where a time without an offset is taken.
    """
    days = days_in(text)
    if days is not None:
        return max(deadline, days_later(deadline, days, rule))
    moment = _moment(text)
    return max(deadline, in_zone(moment, rule.time_zone)) if moment else deadline


def _moment(text: str) -> datetime | None:
    """Return the moment that a text in ISO 8601 is; a date alone means the end of that day."""
    try:
        if len(text) == len("2026-12-05"):
            return datetime.combine(date.fromisoformat(text), time.max)
        return datetime.fromisoformat(text)
    except ValueError:
        return None
