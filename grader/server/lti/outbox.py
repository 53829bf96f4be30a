"""Grades on their way to platforms: marked where something counts anew, sent by `sender`.

A mark is made in the transaction that makes the result or the decision: both are there, or neither.
It holds no grade: what counts is worked out when it is sent, so marks that come close together
become one message, and none overtakes another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from grader.server.batched import batched
from grader.server.lti.models import (
    GradeState,
    LtiColumn,
    LtiGrade,
    LtiPlatform,
)
from grader.server.models import ServedCourse

_LEASE: Final = timedelta(minutes=5)
_AT_ONCE: Final = 500


def mark(course: ServedCourse, people: Collection[int] | None = None, exercise: str = "") -> None:
    """Have the grades of these people, or of all, sent wherever there is a column for them.

    Parameters
    ----------
    course : ServedCourse
    people : collection of int, optional
        The numbers of persons; without it, all students.
    exercise : str
        One exercise alone; nothing for all.
    """
    columns = LtiColumn.objects.filter(course__course=course)
    if exercise:
        columns = columns.filter(exercise=exercise)
    for column in columns.select_related("course"):
        enrolled = column.course.students
        if people is not None:
            enrolled = enrolled.filter(identity__person__in=people)
        mark_column(column, enrolled.values_list("identity", flat=True))


def mark_column(column: LtiColumn, identities: Iterable[int]) -> None:
    """Have the grades of these people sent to one column."""
    now = timezone.now()
    wanted = list(identities)
    with transaction.atomic():
        for part in batched(wanted, _AT_ONCE):
            known = LtiGrade.objects.filter(column=column, identity__in=part)
            known.exclude(state=GradeState.WAITING).update(waits_since=now)
            known.update(state=GradeState.WAITING, revision=F("revision") + 1, due=now, tries=0)
            missing = set(part) - set(known.values_list("identity", flat=True))
            LtiGrade.objects.bulk_create(
                [
                    LtiGrade(column=column, identity_id=one, due=now, waits_since=now)
                    for one in sorted(missing)
                ],
                ignore_conflicts=True,
            )


def send_again(grades: Collection[int], course: ServedCourse) -> int:
    """Send grades once more, changed or not, without waiting for a pause to end."""
    now = timezone.now()
    chosen = LtiGrade.objects.filter(pk__in=grades, column__course__course=course)
    LtiPlatform.objects.filter(lticourse__course=course).update(paused_until=None, failures=0)
    return int(
        chosen.update(
            state=GradeState.WAITING,
            revision=F("revision") + 1,
            due=now,
            waits_since=now,
            tries=0,
            score=None,
            words="",
        )
    )


def busy_platforms() -> set[int]:
    """Return the numbers of the platforms that something is to be sent to now."""
    now = timezone.now()
    return set(
        LtiPlatform.objects.filter(
            Q(paused_until=None) | Q(paused_until__lte=now),
            lticourse__lticolumn__ltigrade__state=GradeState.WAITING,
            lticourse__lticolumn__ltigrade__due__lte=now,
        )
        .distinct()
        .values_list("pk", flat=True)
    )


def lease(platform: int, sender: str) -> bool:
    """Have a platform for one sender alone, for a while or until it asks again."""
    now = timezone.now()
    free = Q(sender=sender) | Q(leased_until=None) | Q(leased_until__lt=now)
    taken = LtiPlatform.objects.filter(free, pk=platform)
    return bool(taken.update(sender=sender, leased_until=now + _LEASE))


def release(platform: int, sender: str) -> None:
    """Let another sender have a platform."""
    LtiPlatform.objects.filter(pk=platform, sender=sender).update(sender="", leased_until=None)


def due_grades(platform: int, most: int) -> list[LtiGrade]:
    """Return grades that are to be sent to a platform now, of one column, the oldest mark first."""
    due = LtiGrade.objects.filter(
        column__course__platform=platform, state=GradeState.WAITING, due__lte=timezone.now()
    ).order_by("due", "id")
    first = due.first()
    if first is None:
        return []
    rows = due.filter(column=first.column_id).select_related(
        "identity__person", "column__course__course", "column__course__platform"
    )
    return list(rows[:most])


def settle(grade: LtiGrade, state: GradeState, **changes: object) -> None:
    """Write how a grade has ended, unless it was marked again meanwhile: then it waits again."""
    same = LtiGrade.objects.filter(pk=grade.pk, revision=grade.revision)
    if not same.update(state=state, **changes):
        LtiGrade.objects.filter(pk=grade.pk).update(**changes)


def put_off(grade: LtiGrade, due: datetime, **changes: object) -> None:
    """Let a grade wait until then, unless it was marked again meanwhile."""
    LtiGrade.objects.filter(pk=grade.pk, revision=grade.revision).update(due=due, **changes)
