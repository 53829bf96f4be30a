"""Days as a language writes them: English by its months' names, others as their catalogues say."""

from __future__ import annotations

from datetime import date
from typing import Final

from grader.language import Message
from grader.language import gettext_lazy as _

_MONTHS: Final = (
    *(_("January"), _("February"), _("March"), _("April"), _("May"), _("June")),
    *(_("July"), _("August"), _("September"), _("October"), _("November"), _("December")),
)
_SHORT_MONTHS: Final = (
    *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
    *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
)


def short_day_text(day: date) -> Message:
    """Return `05 Nov`."""
    return _("{day:02} {month}", day=day.day, month=_SHORT_MONTHS[day.month - 1])


def day_text(day: date) -> Message:
    """Return `05 November`."""
    return _("{day:02} {month}", day=day.day, month=_MONTHS[day.month - 1])


def date_text(day: date) -> Message:
    """Return `05 November 2026`."""
    month = _MONTHS[day.month - 1]
    return _("{day:02} {month} {year}", day=day.day, month=month, year=day.year)
