"""The grades of a served course: the same code as for a batch, fed from the database.

What `grader.decisions` needs of an attempt is its score and its lateness. The result documents,
which are large, are read only where points of a check were decided, where a person grades parts, or
where the pages show them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, FilteredRelation, Max, Q, QuerySet

from grader.batch.late import Lateness, overdue
from grader.batch.records import Student
from grader.batch.results_reader import Record
from grader.course import Course
from grader.decisions.decision import ALL, Decision, in_force
from grader.decisions.decision_words import standing, told
from grader.decisions.final_grade import (
    FinalGrade,
    ScoredAttempt,
    attempt_of,
    decided_lateness,
    final_grade,
)
from grader.decisions.proposing import DecidedBatch
from grader.decisions.record import decision_of, row_of
from grader.decisions.results import BatchResults, Graded, StudentAttempts
from grader.quick_dataclass import dataclass
from grader.report.arrangement import score_text
from grader.result import Result
from grader.server.batched import batched
from grader.server.courses import course_of, read_course
from grader.server.lti import outbox
from grader.server.models import (
    Attempt,
    GradedResult,
    Person,
    RecordedDecision,
    Regrade,
    ServedCourse,
    noted,
)
from grader.server.prepared import PreparedQuery
from grader.server.results import Facts, documents, facts

Propose = Callable[[DecidedBatch], Iterable[Decision]]
_UNKNOWN = Lateness(None, None, 0.0)
_OWN_ATTEMPTS: Final[PreparedQuery[Attempt]] = PreparedQuery(
    lambda: (
        Attempt.objects.filter(course=-1, person=-2, exercise="-3")
        .annotate(counting=FilteredRelation("results", condition=Q(results__counts=True)))
        .annotate(
            counting_id=F("counting__id"),
            counting_status=F("counting__status"),
            counting_score=F("counting__score"),
        )
        .order_by("number")
        .defer("content")
    )
)
"""Somebody's attempts at an exercise, each with the result that counts."""
_DECIDED_ON: Final[PreparedQuery[RecordedDecision]] = PreparedQuery(
    lambda: RecordedDecision.objects.filter(course=-1, student__in=["-2", ALL]).order_by("number")
)
_FEW = 100
_PEOPLE_AT_ONCE: Final = 100
_RECORDS_AT_ONCE: Final = 50


@dataclass(frozen=True, slots=True)
class StandingAttempt:
    """An attempt with what the pages list of it; `score` is None until it is graded.

    `status` is `waiting`, `graded` or `ungraded`; `result` is the number of the result that counts.
    """

    attempt: Attempt
    status: str
    score: float | None
    lateness: Lateness
    result: int | None

    @property
    def final(self) -> float | None:
        """What lateness leaves of the score."""
        return None if self.score is None else self.lateness.final(self.score)


def standing_attempts(
    course: Course, attempts: QuerySet[Attempt], instead: Regrade | None = None
) -> list[StandingAttempt]:
    """Return attempts with how they stand, in few queries and without what was handed in.

    Parameters
    ----------
    instead : Regrade or None
        Whose results are looked at as if they counted; where one is ungraded, what counts does.
    """
    own = list(attempts.defer("content"))
    # of few attempts by their numbers: that is a far shorter query to make
    few = [one.pk for one in own] if len(own) <= _FEW else attempts.values("pk")
    known = GradedResult.objects.filter(attempt__in=few)
    columns = ("attempt_id", "id", "status", "score")
    rows = list(known.filter(counts=True).values_list(*columns))
    if instead is not None:
        rows += known.filter(regrade=instead, status="graded").values_list(*columns)
    return _standing(course, own, rows)


def _own_attempts(served: ServedCourse, person: Person, exercise: str) -> list[StandingAttempt]:
    """Return one person's attempts at one exercise: what every page of theirs shows."""
    whose = (served.pk, person.pk, exercise)
    own: list[Any] = _OWN_ATTEMPTS.rows(*whose)
    rows = [
        (one.pk, one.counting_id, one.counting_status, one.counting_score)
        for one in own
        if one.counting_id is not None
    ]
    return _standing(course_of(served), own, rows)


def _standing(
    course: Course, own: Iterable[Attempt], rows: Iterable[tuple[int, int, str, float]]
) -> list[StandingAttempt]:
    """Return attempts with how they stand by the rows of the results that count."""
    deadlines = {one.name: one.deadline for one in course.exercises}
    standing = {attempt: (number, status, score) for attempt, number, status, score in rows}
    found = []
    for one in own:
        number, status, score = standing.get(one.pk, (None, "waiting", 0.0))
        deadline = deadlines.get(one.exercise)
        late = overdue(one.handed_in, deadline, course) if deadline else _UNKNOWN
        found.append(
            StandingAttempt(one, status, score if status == "graded" else None, late, number)
        )
    return found


@dataclass(frozen=True, slots=True)
class ExerciseGrade:
    """Somebody's grade for an exercise, and all attempts at it, the first one first."""

    grade: FinalGrade
    attempts: tuple[StandingAttempt, ...]

    @property
    def kept(self) -> StandingAttempt | None:
        """The attempt that counts."""
        counts = self.grade.attempt.number if self.grade.attempt else 0
        return next((one for one in self.attempts if one.attempt.number == counts), None)


def result_of(one: StandingAttempt) -> Result | None:
    """Return the result document of an attempt; None until it is graded."""
    return documents([one.result]).get(one.result) if one.result else None


def as_student(person: Person) -> Student:
    """Return a person as grades know them."""
    return Student(person.username, str(person), "id")


def decisions_on(served: ServedCourse, student: str = "") -> tuple[Decision, ...]:
    """Return what was ever decided in a course: on everybody, or on one student and on all."""
    if student:
        rows = [each.row for each in _DECIDED_ON.rows(served.pk, student)]
    else:
        all_rows = RecordedDecision.objects.filter(course=served).order_by("number")
        rows = list(all_rows.values_list("row", flat=True))
    return tuple(decision_of(json.loads(row)) for row in rows)


def exercise_grades(
    served: ServedCourse,
    people: Sequence[Person],
    exercise: str = "",
    instead: Regrade | None = None,
) -> Iterator[ExerciseGrade]:
    """Give the grades of these people, in one exercise or in all, each with its attempts.

    `instead` as in `standing_attempts`.
    """
    known = decisions_on(served, people[0].username) if len(people) == 1 else decisions_on(served)
    held = in_force(known)
    found = read_course(served)
    for one in _handed_in(found.course, served, people, exercise, known, instead=instead):
        decisions = held.on(one.student.id, one.exercise)
        late = [
            decided_lateness(each, decisions, found.description, one.exercise)
            for each in one.attempts
        ]
        yield ExerciseGrade(
            final_grade(one.student, one.exercise, one.attempts, found.description, decisions),
            tuple(
                replace(own, lateness=each) for own, each in zip(one.standing, late, strict=True)
            ),
        )


def decided_batch(
    served: ServedCourse, people: Sequence[Person], exercise: str = ""
) -> DecidedBatch:
    """Return what decisions are held against; with an exercise, points for checks, too."""
    known = decisions_on(served)
    found = read_course(served)
    handed_in = (
        StudentAttempts(one.student, one.exercise, one.attempts)
        for one in _handed_in(found.course, served, people, exercise, known, in_full=bool(exercise))
    )
    return DecidedBatch(BatchResults(found.description, tuple(handed_in)), known)


def decide(
    served: ServedCourse, by: Person, held: Callable[[], DecidedBatch], propose: Propose
) -> tuple[Decision, ...]:
    """Record what is proposed, with who and when, and note it in the audit log.

    Raises
    ------
    UsageError
        What is proposed cannot be so; nothing was recorded.
    """
    with transaction.atomic():
        # one decides after the other
        ServedCourse.objects.select_for_update(no_key=True).get(pk=served.pk)
        now = datetime.now(UTC).replace(microsecond=0)
        wanted = [replace(one, at=now, by=by.username) for one in propose(held())]
        own = RecordedDecision.objects.filter(course=served)
        last = own.aggregate(last=Max("number"))["last"] or 0
        new = [replace(one, number=last + place) for place, one in enumerate(wanted, start=1)]
        for one in new:
            RecordedDecision.objects.create(
                course=served, number=one.number, student=one.student, row=json.dumps(row_of(one))
            )
            noted(by, served, "decide", told(one))
            _mark(served, one)
    return tuple(new)


def _mark(served: ServedCourse, decision: Decision) -> None:
    """Have the grades that a decision concerns sent to the platforms that have them."""
    people = None
    if decision.student != ALL:
        people = list(Person.objects.filter(username=decision.student).values_list("pk", flat=True))
    outbox.mark(served, people, "" if decision.exercise == ALL else decision.exercise)


def with_record(
    served: ServedCourse, exercise_grade: ExerciseGrade, one: StandingAttempt
) -> Graded:
    """Return a grade with the record of one attempt, as pages and feedback take it."""
    return _with_record(course_of(served), exercise_grade, one, documents([one.result or 0]))


def with_kept(served: ServedCourse, some: Iterable[ExerciseGrade]) -> Iterator[Graded]:
    """Give grades with the records that count, as pages and gradebooks take them, few at a time."""
    course = course_of(served)
    for part in batched(some, _RECORDS_AT_ONCE):
        kept = [one.kept for one in part]
        found = documents([one.result for one in kept if one and one.result])
        for exercise_grade, one in zip(part, kept, strict=True):
            yield (
                Graded(exercise_grade.grade, ())
                if one is None
                else _with_record(course, exercise_grade, one, found)
            )


def _with_record(
    course: Course, exercise_grade: ExerciseGrade, one: StandingAttempt, found: Mapping[int, Result]
) -> Graded:
    kept = exercise_grade.kept
    is_kept = kept is not None and kept.attempt.pk == one.attempt.pk
    record = _record(course, exercise_grade.grade.student, one, len(exercise_grade.attempts))
    record = replace(record, kept=is_kept, result=found.get(one.result or 0))
    return Graded(exercise_grade.grade, (record,))


def grade_text(grade: FinalGrade) -> str:
    """Return what counts, of how much, or why nothing does."""
    if grade.final is None:
        return standing(grade)
    return score_text(grade.final, grade.max_score)


@dataclass(frozen=True, slots=True)
class _PersonsAttempts:
    """What somebody has handed in, with what `grader.decisions` takes of it."""

    student: Student
    exercise: str
    standing: tuple[StandingAttempt, ...]
    attempts: tuple[ScoredAttempt, ...]


def _handed_in(
    course: Course,
    served: ServedCourse,
    people: Sequence[Person],
    exercise: str,
    decisions: Sequence[Decision],
    *,
    in_full: bool = False,
    instead: Regrade | None = None,
) -> Iterator[_PersonsAttempts]:
    """Give who has handed in what, in as many queries for many people as for a few."""
    pointed = {(one.student, one.exercise) for one in decisions if one.kind == "points"}
    own_alone = len(people) == 1 and exercise != "" and instead is None
    chosen = [one for one in course.exercises if exercise in ("", one.name)]
    for some in batched(people, _PEOPLE_AT_ONCE):
        by_place: dict[tuple[int, str], list[StandingAttempt]] = defaultdict(list)
        if own_alone:
            found = _own_attempts(served, people[0], exercise)
        else:
            attempts = _attempts_at(served, exercise).filter(person__in=some)
            found = standing_attempts(course, attempts, instead)
        for each in found:
            by_place[each.attempt.person_id, each.attempt.exercise].append(each)
        full = {
            (person.pk, one.name)
            for person in some
            for one in chosen
            if in_full or one.by_hand or (person.username, one.name) in pointed
        }
        known = facts([each.result for key in full for each in by_place[key] if each.result])
        for person in some:
            for one in chosen:
                own = by_place[person.pk, one.name]
                student = as_student(person)
                counted = _counted(course, student, own, known)
                yield _PersonsAttempts(student, one.name, tuple(own), tuple(counted))


def _attempts_at(served: ServedCourse, exercise: str) -> QuerySet[Attempt]:
    """Return everybody's attempts at an exercise, or at all, in order."""
    attempts = Attempt.objects.filter(course=served).order_by("number")
    return attempts.filter(exercise=exercise) if exercise else attempts


def _counted(
    course: Course, student: Student, own: Sequence[StandingAttempt], known: Mapping[int, Facts]
) -> Iterator[ScoredAttempt]:
    best = max(own, key=_order, default=None)
    for one in own:
        attempt = attempt_of(replace(_record(course, student, one, len(own)), kept=one is best))
        attempt = replace(attempt, score=one.score, submission=one.attempt.sha256)
        more = known.get(one.result or 0)
        yield replace(attempt, checks=more.checks, answers=more.answers) if more else attempt


def _record(course: Course, student: Student, one: StandingAttempt, of: int) -> Record:
    """Return the record that a batch would have of an attempt; what waits is ungraded."""
    return Record(
        student=student,
        exercise=one.attempt.exercise,
        file=one.attempt.file_name,
        number=one.attempt.number,
        of=of,
        kept=False,
        submitted=one.attempt.handed_in.astimezone(course.time_zone or UTC),
        lateness=one.lateness,
        status="graded" if one.status == "graded" else "ungraded",
        automatic=one.final,
        result=None,
    )


def _order(one: StandingAttempt) -> tuple[float, int]:
    return -1.0 if one.final is None else one.final, one.attempt.number
