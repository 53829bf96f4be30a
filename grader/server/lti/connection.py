"""How a connection to a platform is: what it allows, what has become of the grades, a trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from grader.language import gettext_lazy as _
from grader.lti.errors import LtiError
from grader.lti.gradebook import (
    LineItem,
    Score,
    columns,
    drop_column,
    make_column,
    post_score,
    results,
)
from grader.lti.platform import (
    SCOPE_LINE_ITEMS,
    SCOPE_LINE_ITEMS_READ,
    SCOPE_RESULTS,
    SCOPE_SCORES,
)
from grader.lti.service import Services
from grader.quick_dataclass import dataclass
from grader.server.lti.enrolments import read_roster
from grader.server.lti.models import GradeState, LtiCourse, LtiEnrolment, LtiGrade
from grader.server.lti.speaking import services_of
from grader.server.models import ServedCourse

_TRIED: Final = (1.0, 2.0)
_WAYS: Final = {
    SCOPE_SCORES: _("send grades"),
    SCOPE_RESULTS: _("read grades back"),
    SCOPE_LINE_ITEMS: _("add columns to the gradebook"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a trial: what was tried, whether it worked, and the platform's words."""

    title: str
    worked: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """Something that a platform may allow."""

    title: str
    allowed: bool


def ways(there: LtiCourse) -> list[Way]:
    """Return what a platform allows in one of its courses, by its last launch."""
    known = [Way(title, scope in there.allowed) for scope, title in _WAYS.items()]
    return [*known, Way(_("read the roster"), bool(there.roster))]


def counts(course: ServedCourse) -> dict[str, int]:
    """Return how many grades of a course are how far on their way."""
    rows = LtiGrade.objects.filter(column__course__course=course).values("state")
    return {row["state"]: row["count"] for row in rows.annotate(count=Count("pk"))}


def to_look_at(course: ServedCourse) -> QuerySet[LtiGrade]:
    """Return grades that a platform refuses, or has another one of, or that wait with trouble."""
    wrong = Q(state__in=[GradeState.REFUSED, GradeState.SUPERSEDED]) | Q(has_other=True)
    waits = Q(state=GradeState.WAITING) & ~Q(words="")
    rows = LtiGrade.objects.filter(wrong | waits, column__course__course=course)
    return rows.select_related("identity__person", "column__course__platform").order_by("-id")


def try_out(there: LtiCourse, enrolment: LtiEnrolment | None) -> list[Step]:
    """Ask each service of a platform for something; a grade in a column of its own there and back.

    Parameters
    ----------
    there : LtiCourse
    enrolment : LtiEnrolment, optional
        The student who has the grade for a moment; without one, no grade is tried.
    """
    services = services_of(there.platform)
    steps = []
    if there.roster:
        steps.append(_step(_("read the roster"), lambda: str(read_roster(there))))
    if there.line_items and {SCOPE_LINE_ITEMS, SCOPE_LINE_ITEMS_READ} & there.allowed:
        steps.append(
            _step(
                _("read the columns of the gradebook"),
                lambda: str(sum(1 for _one in columns(services, there.line_items))),
            )
        )
    if there.line_items and SCOPE_LINE_ITEMS in there.allowed and enrolment:
        steps += _there_and_back(services, there, enrolment.identity.subject)
    return steps


def trial_students(there: LtiCourse) -> QuerySet[LtiEnrolment]:
    """Return students whom a grade can be tried with."""
    return there.students.select_related("identity__person").order_by("pk")[:200]


def _there_and_back(services: Services, there: LtiCourse, subject: str) -> Iterator[Step]:
    """Make a column, send a grade, read it back, and take the column away again."""
    made: list[LineItem] = []
    given, maximum = _TRIED

    def make() -> str:
        made.append(make_column(services, there.line_items, "bpgrade: trial", maximum))
        return ""

    def send() -> str:
        post_score(services, made[0].address, Score(subject, given, maximum, datetime.now(UTC)))
        return ""

    def read() -> str:
        found = [one for one in results(services, made[0].address) if one.subject == subject]
        if not found or found[0].score is None:
            raise LtiError(_("the grade has not arrived"))
        return f"{found[0].score:g} / {found[0].maximum or maximum:g}"

    yield (step := _step(_("add columns to the gradebook"), make))
    if not step.worked:
        return
    yield (step := _step(_("send grades"), send))
    if step.worked:
        yield _step(_("read grades back"), read)
    yield _step(_("remove the test column"), lambda: drop_column(services, made[0].address))


def _step(title: str, do: Callable[[], str | None]) -> Step:
    try:
        return Step(title, True, do() or "")
    except LtiError as error:
        return Step(title, False, str(error.message))
