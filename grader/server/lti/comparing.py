"""What a platform's gradebook has, held against what was sent: a teacher may have changed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from grader.lti.errors import LtiError
from grader.lti.gradebook import GradebookResult, results
from grader.quick_dataclass import dataclass
from grader.server.lti.models import GradeState, LtiColumn, LtiGrade
from grader.server.lti.speaking import services_of

_ROUNDING: Final = 1e-3


@dataclass(frozen=True, slots=True)
class GradeMismatch:
    """A grade that is another one on the platform; None where there is none."""

    grade: LtiGrade
    theirs: float | None


def unread_columns() -> QuerySet[LtiColumn]:
    """Return the columns that grades have gone to since they were last read."""
    return (
        LtiColumn.objects.annotate(last=Max("ltigrade__sent_at"))
        .filter(Q(compared_at=None) | Q(compared_at__lt=F("last")), last__isnull=False)
        .exclude(ltigrade__state=GradeState.WAITING)
    )


def read_back(platform: int) -> None:
    """Read the columns of a platform that grades have gone to since they were last read."""
    for column in unread_columns().filter(course__platform=platform):
        try:
            compare(column)
        except LtiError:  # read again after the next grade, or by whoever asks for it
            LtiColumn.objects.filter(pk=column.pk).update(compared_at=timezone.now())


def compare(column: LtiColumn) -> list[GradeMismatch]:
    """Read a column back, and note where it has something else than was sent.

    Raises
    ------
    LtiError
        It can't be read.
    """
    return note(column, read_column(column))


def read_column(column: LtiColumn) -> dict[str, GradebookResult]:
    """Return what a gradebook has in a column, by the platform's numbers of people.

    Raises
    ------
    LtiError
        It can't be read.
    """
    services = services_of(column.course.platform)
    return {one.subject: one for one in results(services, column.address)}


def note(column: LtiColumn, theirs: Mapping[str, GradebookResult]) -> list[GradeMismatch]:
    """Note where a gradebook has something else than was sent."""
    found = list(_differences(column, theirs))
    differing = {one.grade.pk: one.theirs for one in found}
    sent = LtiGrade.objects.filter(column=column)
    for row in sent.filter(has_other=True):
        if row.pk not in differing:
            sent.filter(pk=row.pk).update(has_other=False, other=None)
    for number, other in differing.items():
        sent.filter(pk=number).update(has_other=True, other=other)
    LtiColumn.objects.filter(pk=column.pk).update(compared_at=timezone.now())
    return found


def is_same(one: float | None, other: float | None, maximum: float) -> bool:
    """Return whether two grades are the same but for rounding; none is the same as none."""
    if one is None or other is None:
        return one is other
    return abs(one - other) <= _ROUNDING * max(maximum, 1.0)


def scaled(result: GradebookResult, maximum: float) -> float | None:
    """Return a result of a gradebook in our points: its column may have another maximum."""
    if result.score is None:
        return None
    return result.score / result.maximum * maximum if result.maximum else result.score


def _differences(
    column: LtiColumn, theirs: Mapping[str, GradebookResult]
) -> Iterator[GradeMismatch]:
    sent = LtiGrade.objects.filter(column=column, state=GradeState.SENT, score__isnull=False)
    for row in sent.select_related("identity__person", "column__course"):
        there = theirs.get(row.identity.subject)
        other = scaled(there, row.maximum) if there else None
        if not is_same(row.score, other, row.maximum):
            yield GradeMismatch(row, other)
