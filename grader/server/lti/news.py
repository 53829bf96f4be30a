"""What the desk says of platforms: trouble, where a grade has got to, who has come from where."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.arrangement import score_text
from grader.server.lti.connection import to_look_at
from grader.server.lti.models import GradeState, LtiCourse, LtiEnrolment, LtiGrade, LtiPlatform
from grader.server.models import Person, ServedCourse

_SENT_WITHIN: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class PlatformNews:
    """How a course's connections are: how many grades to look at, and what platforms have said."""

    to_look_at: int
    troubles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GradeNews:
    """A line on a grade, and whether somebody should look at it."""

    text: str
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class PlatformMembership:
    """The course on a platform that somebody is in; `launched` is None until they have come."""

    course: str
    launched: datetime | None
    is_active: bool


def platform_news(course: ServedCourse) -> PlatformNews | None:
    """Return how the connections of a course are; None where it has none."""
    if not LtiCourse.objects.filter(course=course).exists():
        return None
    away = LtiPlatform.objects.filter(lticourse__course=course).exclude(trouble="").distinct()
    rosters = LtiCourse.objects.filter(course=course).exclude(trouble="")
    troubles = [f"{one}: {one.trouble}" for one in (*away, *rosters)]
    return PlatformNews(to_look_at(course).count(), tuple(troubles))


def grade_news(course: ServedCourse, person: Person, exercise: str) -> list[GradeNews]:
    """Return what has become of somebody's grade on each platform that has a column for it."""
    rows = LtiGrade.objects.filter(
        column__course__course=course, column__exercise=exercise, identity__person=person
    )
    return [_line(one) for one in rows.select_related("column__course__platform")]


def come_from(course: ServedCourse) -> dict[int, PlatformMembership]:
    """Return where the people of a course come from, by their numbers."""
    rows = LtiEnrolment.objects.filter(course__course=course).order_by("launched_at")
    return {
        one.identity.person_id: PlatformMembership(str(one.course), one.launched_at, one.is_active)
        for one in rows.select_related("identity", "course")
    }


def _is_left_alone(row: LtiGrade) -> bool:
    """Return whether a grade could have been sent, and nobody is sending any there."""
    now = timezone.now()
    leased_until = row.column.course.platform.leased_until
    return row.due < now - _SENT_WITHIN and (leased_until is None or leased_until < now)


def _line(row: LtiGrade) -> GradeNews:
    platform = str(row.column.course.platform)
    sent = "" if row.score is None else score_text(row.score, row.maximum)
    if row.state == GradeState.REFUSED:
        return GradeNews(
            _("{platform} refuses it: {words}", platform=platform, words=row.words), True
        )
    if row.has_other:
        other = _("none") if row.other is None else score_text(row.other, row.maximum)
        text = _(
            "{platform} has another grade, {other}; {sent} was sent",
            platform=platform,
            other=other,
            sent=sent,
        )
        return GradeNews(text, True)
    if row.state == GradeState.SUPERSEDED:
        return GradeNews(
            _("{platform} has a later grade than the one sent", platform=platform), True
        )
    if row.state == GradeState.WAITING:
        words = row.words or row.column.course.platform.trouble
        if not words and _is_left_alone(row):
            text = _("waiting to be sent to {platform}: no worker is running", platform=platform)
            return GradeNews(text, True)
        if not words:
            return GradeNews(_("on its way to {platform}", platform=platform))
        text = _("waiting to be sent to {platform}: {words}", platform=platform, words=words)
        return GradeNews(text, True)
    if row.state == GradeState.HELD and sent:
        return GradeNews(_("{platform} still has {sent}", platform=platform, sent=sent))
    if row.state == GradeState.HELD:
        return GradeNews(_("{platform} gets it when it counts", platform=platform))
    return GradeNews(_("{platform} has {sent}", platform=platform, sent=sent))
