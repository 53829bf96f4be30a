"""Grading once more, with the difference before it counts.

A regrade is of one version of the course: a worker that has another one leaves it alone. Its
results count when an instructor uses them: all that were graded, by one transaction, or none.
What it could not grade keeps its grade. Who hands in meanwhile is graded as always.

Rows are locked without their keys: whoever writes a row that refers to one, as a worker does that
writes a result, need not wait, and so can't be waited for in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from grader.decisions.final_grade import FinalGrade
from grader.decisions.remarks import remarks
from grader.quick_dataclass import dataclass
from grader.report.arrangement import grader_failures
from grader.report.differences import Comparison, compare
from grader.server import queue
from grader.server.batched import batched
from grader.server.courses import read_course
from grader.server.grades import exercise_grades, with_kept
from grader.server.lti import outbox
from grader.server.models import (
    Attempt,
    GradedResult,
    Job,
    JobState,
    Person,
    RecordedDecision,
    Regrade,
    RegradeState,
    ServedCourse,
    noted,
)
from grader.server.results import documents

_PEOPLE_AT_ONCE: Final = 50
_JOBS_AT_ONCE: Final = 500
_DOCUMENTS_AT_ONCE: Final = 50
_MOST_REASONS: Final = 5


@dataclass(frozen=True, slots=True)
class RegradeProgress:
    """How far a regrade is.

    Attributes
    ----------
    attempts : int
        How many are graded once more.
    open : int
        How many of them are still to be graded, for the first time or again.
    ungraded : int
        How many could not be graded again.
    is_outdated : bool
        Whether the course has changed since it was begun.
    is_put_off : bool
        Whether a worker has left it alone, having another version of the course.
    """

    attempts: int
    open: int
    ungraded: int
    is_outdated: bool
    is_put_off: bool

    @property
    def graded(self) -> int:
        """How many are done with."""
        return self.attempts - self.open


@dataclass(frozen=True, slots=True)
class Effect:
    """What a regrade does when it is used: whose grades change, and which decisions to look at."""

    comparison: Comparison
    remarks: tuple[tuple[FinalGrade, str], ...]


def begin(served: ServedCourse, by: Person, exercise: str, person: Person | None = None) -> Regrade:
    """Have all attempts at an exercise graded once more, or one person's; return the regrade.

    Where one is open for the exercise already, that is returned.
    """
    with transaction.atomic():
        ServedCourse.objects.select_for_update(no_key=True).get(
            pk=served.pk
        )  # one begins after the other
        known = open_regrade(served, exercise)
        if known is not None:
            return known
        regrade = Regrade.objects.create(
            course=served,
            exercise=exercise,
            person=person,
            version=version_of(served, exercise),
            begun_by=by,
        )
        count = _add(regrade, _concerned(regrade))
        who = f" of {person.username}" if person else ""
        noted(by, served, "regrade", f"{exercise}{who}: {count} attempts")
    return regrade


def open_regrade(served: ServedCourse, exercise: str) -> Regrade | None:
    """Return the regrade of an exercise that nobody has decided on yet."""
    return Regrade.objects.filter(course=served, exercise=exercise, state=RegradeState.OPEN).first()


def version_of(served: ServedCourse, exercise: str) -> str:
    """Return what tells the exercise as it is now from other versions of it."""
    read = read_course(served)
    return read.identity.version(read.course.exercise(exercise))


def of_other_versions(served: ServedCourse, exercise: str) -> int:
    """Return how many results count that another version of the course has given."""
    return (
        GradedResult.objects.filter(attempt__course=served, attempt__exercise=exercise, counts=True)
        .exclude(course_version=version_of(served, exercise))
        .count()
    )


def progress(regrade: Regrade) -> RegradeProgress:
    """Return how far a regrade is."""
    attempts = regrade.jobs.values("attempt")
    open_jobs = Job.objects.filter(attempt__in=attempts).exclude(state__in=queue.ENDED)
    return RegradeProgress(
        attempts=regrade.jobs.count(),
        open=open_jobs.filter(Q(regrade=None) | Q(regrade=regrade))
        .values("attempt")
        .distinct()
        .count(),
        ungraded=regrade.results.exclude(status="graded").count(),
        is_outdated=regrade.version != version_of(regrade.course, regrade.exercise),
        is_put_off=regrade.jobs.filter(
            state=JobState.LATER, leased_until__gt=timezone.now()
        ).exists(),
    )


def failures(regrade: Regrade) -> list[tuple[str, int]]:
    """Return the most common reasons why attempts could not be graded again, with their counts."""
    lost = regrade.results.exclude(status="graded").order_by("pk")
    counted: Counter[str] = Counter()
    for numbers in batched(lost.values_list("pk", flat=True), _DOCUMENTS_AT_ONCE):
        counted.update(grader_failures(one)[0] for one in documents(numbers).values())
    return counted.most_common(_MOST_REASONS)


def use(regrade: Regrade, by: Person) -> bool:
    """Let a regrade's results count; False where it is not complete, or was decided on already."""
    with transaction.atomic():
        held = Regrade.objects.select_for_update(no_key=True).get(pk=regrade.pk)
        if held.state != RegradeState.OPEN or take_in(held) or progress(held).open:
            return False
        new = GradedResult.objects.filter(regrade=held, status="graded")
        replaced = GradedResult.objects.filter(counts=True, attempt__in=new.values("attempt"))
        replaced.update(counts=False)
        people = set(new.values_list("attempt__person", flat=True))
        count = new.update(counts=True)
        outbox.mark(held.course, people, held.exercise)
        _settle(held, RegradeState.USED)
        noted(by, held.course, "regrade used", f"{held.exercise}: {count} results count")
    return True


def drop(regrade: Regrade, by: Person) -> bool:
    """Keep the results that count; False where it was decided already."""
    with transaction.atomic():
        held = Regrade.objects.select_for_update(no_key=True).get(pk=regrade.pk)
        if held.state != RegradeState.OPEN:
            return False
        _settle(held, RegradeState.DROPPED)
        count, _each = GradedResult.objects.filter(regrade=held).delete()
        noted(by, held.course, "regrade dropped", f"{held.exercise}: {count} results")
    return True


def take_in(regrade: Regrade) -> int:
    """Grade again, too, what was handed in since, and graded by the older course all the same."""
    if regrade.state != RegradeState.OPEN:
        return 0
    since = _concerned(regrade).exclude(jobs__regrade=regrade)
    other = GradedResult.objects.filter(counts=True).exclude(course_version=regrade.version)
    older = since.filter(
        jobs__regrade=None, jobs__state__in=queue.ENDED, results__in=other
    ).distinct()
    return _add(regrade, older)


def effect(regrade: Regrade) -> Effect:
    """Return what would be different if a regrade's results counted."""
    return _effect(_stamp(regrade))


@lru_cache(maxsize=4)
def _effect(stamp: tuple[int | str, ...]) -> Effect:
    regrade = Regrade.objects.select_related("course").get(pk=stamp[0])
    people = list(
        Person.objects.filter(attempt__jobs__regrade=regrade).distinct().order_by("username")
    )
    parts = [_effect_on(regrade, some) for some in batched(people, _PEOPLE_AT_ONCE)]
    return Effect(
        Comparison(
            sum(one.comparison.compared for one in parts),
            tuple(each for one in parts for each in one.comparison.differences),
        ),
        tuple(each for one in parts for each in one.remarks),
    )


def _stamp(regrade: Regrade) -> tuple[int | str, ...]:
    """Return what tells one `effect` from another."""
    own = Attempt.objects.filter(course=regrade.course, exercise=regrade.exercise)
    counting = GradedResult.objects.filter(attempt__in=own.values("pk"), counts=True)
    decided = RecordedDecision.objects.filter(course=regrade.course)
    return (
        regrade.pk,
        regrade.results.count(),
        counting.aggregate(last=Max("pk"))["last"] or 0,
        own.aggregate(last=Max("pk"))["last"] or 0,
        decided.aggregate(last=Max("number"))["last"] or 0,
        read_course(regrade.course).stamp,
    )


def _effect_on(regrade: Regrade, people: Sequence[Person]) -> Effect:
    before = exercise_grades(regrade.course, people, regrade.exercise)
    after = list(exercise_grades(regrade.course, people, regrade.exercise, regrade))
    return Effect(
        compare(with_kept(regrade.course, before), with_kept(regrade.course, after)),
        tuple((one.grade, line) for one in after for line in remarks(one.grade)),
    )


def _concerned(regrade: Regrade) -> QuerySet[Attempt]:
    attempts = Attempt.objects.filter(course=regrade.course, exercise=regrade.exercise)
    return attempts.filter(person=regrade.person) if regrade.person_id else attempts


def _add(regrade: Regrade, attempts: QuerySet[Attempt]) -> int:
    jobs = [
        Job(attempt_id=number, regrade=regrade, state=JobState.LATER)
        for number in attempts.order_by("pk").values_list("pk", flat=True)
    ]
    Job.objects.bulk_create(jobs, batch_size=_JOBS_AT_ONCE, ignore_conflicts=True)
    return len(jobs)


def _settle(regrade: Regrade, state: RegradeState) -> None:
    regrade.state = state
    regrade.save(update_fields=["state"])
    regrade.jobs.all().delete()
