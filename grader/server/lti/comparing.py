"""What a platform's gradebook has, held against what was sent: a teacher may have changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from grader.lti.errors import LtiError
from grader.lti.gradebook import GradebookResult, results
from grader.server.lti.models import GradeState, LtiColumn, LtiGrade
from grader.server.lti.speaking import services_of

_ROUNDING: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Difference:
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


def compare(column: LtiColumn) -> list[Difference]:
    """Read a column back, and note where it has something else than was sent.

    Raises
    ------
    LtiError
        It can't be read.
    """
    theirs = {
        one.subject: one for one in results(services_of(column.course.platform), column.address)
    }
    found = list(_differences(column, theirs))
    differing = {one.grade.pk: one.theirs for one in found}
    sent = LtiGrade.objects.filter(column=column)
    sent.filter(has_other=True).exclude(pk__in=differing).update(has_other=False, other=None)
    for number, other in differing.items():
        sent.filter(pk=number).update(has_other=True, other=other)
    LtiColumn.objects.filter(pk=column.pk).update(compared_at=timezone.now())
    return found


def _differences(column: LtiColumn, theirs: dict[str, GradebookResult]) -> Iterator[Difference]:
    sent = LtiGrade.objects.filter(column=column, state=GradeState.SENT, score__isnull=False)
    for row in sent.select_related("identity__person", "column__course"):
        there = theirs.get(row.identity.subject)
        other = _scaled(there, row.maximum) if there else None
        if other is None or abs(other - row.score) > _ROUNDING * max(row.maximum, 1.0):
            yield Difference(row, other)


def _scaled(result: GradebookResult, maximum: float) -> float | None:
    """Return a result of a gradebook in our points: its column may have another maximum."""
    if result.score is None:
        return None
    return result.score / result.maximum * maximum if result.maximum else result.score
