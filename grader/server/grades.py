"""The grades of a served course: the same code as for a batch, fed from the database.

What `grader.decisions` needs of an attempt is its score and its lateness. The result documents,
which are large, are read only where points of a check were decided, where a person grades parts, or
where the pages show them.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from grader.batch.late import Lateness, overdue
from grader.batch.records import Student
from grader.batch.results_reader import Record
from grader.course import Course
from grader.decisions.decision import ALL, Decision, in_force
from grader.decisions.decision_words import standing, told
from grader.decisions.final_grade import Attempt as CountedAttempt
from grader.decisions.final_grade import FinalGrade, attempt_of, decided_lateness, final_grade
from grader.decisions.proposing import Bench
from grader.decisions.record import decision_of, row_of
from grader.decisions.results import BatchResults, Graded, HandedIn
from grader.report.arrangement import score_text
from grader.result import Result
from grader.server.courses import course_of, read_course
from grader.server.lti import outbox
from grader.server.models import (
    Attempt,
    GradedResult,
    Person,
    RecordedDecision,
    ServedCourse,
    noted,
)

Propose = Callable[[Bench], Iterable[Decision]]
_UNKNOWN = Lateness(None, None, 0.0)


@dataclass(frozen=True, slots=True)
class Try:
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


def tries(course: Course, attempts: QuerySet[Attempt]) -> list[Try]:
    """Return attempts with how they stand, in two queries and without what was handed in."""
    deadlines = {one.name: one.deadline for one in course.exercises}
    latest = {
        attempt: (number, status, score)
        for number, attempt, status, score in GradedResult.objects.filter(
            attempt__in=attempts.values("pk")
        )
        .order_by("id")
        .values_list("id", "attempt_id", "status", "score")
    }
    found = []
    for one in attempts.defer("content"):
        number, status, score = latest.get(one.pk, (None, "waiting", 0.0))
        deadline = deadlines.get(one.exercise)
        late = overdue(one.handed_in, deadline, course) if deadline else _UNKNOWN
        found.append(Try(one, status, score if status == "graded" else None, late, number))
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's grade for an exercise, and all attempts at it, the first one first."""

    grade: FinalGrade
    tries: tuple[Try, ...]

    @property
    def kept(self) -> Try | None:
        """The attempt that counts."""
        counts = self.grade.attempt.number if self.grade.attempt else 0
        return next((one for one in self.tries if one.attempt.number == counts), None)


def result_of(one: Try) -> Result | None:
    """Return the result document of an attempt; None until it is graded."""
    return _documents([one]).get(one.result or 0)


def as_student(person: Person) -> Student:
    """Return a person as grades know them."""
    return Student(person.username, str(person), "id")


def decisions_on(served: ServedCourse, *students: str) -> tuple[Decision, ...]:
    """Return what was ever decided in a course: on everybody, or on these and on all."""
    rows = RecordedDecision.objects.filter(course=served).order_by("number")
    if students:
        rows = rows.filter(student__in=[*students, ALL])
    return tuple(decision_of(json.loads(row)) for row in rows.values_list("row", flat=True))


def places(served: ServedCourse, people: Sequence[Person], exercise: str = "") -> Iterator[Place]:
    """Give the grades of these people, in one exercise or in all, each with its attempts."""
    known = decisions_on(served, people[0].username) if len(people) == 1 else decisions_on(served)
    held = in_force(known)
    found = read_course(served)
    for student, name, own, attempts in _handed_in(found.course, served, people, exercise, known):
        decisions = held.on(student.id, name)
        late = [decided_lateness(one, decisions, found.description, name) for one in attempts]
        yield Place(
            final_grade(student, name, attempts, found.description, decisions),
            tuple(replace(one, lateness=each) for one, each in zip(own, late, strict=True)),
        )


def bench(served: ServedCourse, people: Sequence[Person], exercise: str = "") -> Bench:
    """Return what decisions are held against; with an exercise, points for checks, too."""
    known = decisions_on(served)
    found = read_course(served)
    handed_in = (
        HandedIn(student, name, tuple(attempts))
        for student, name, _own, attempts in _handed_in(
            found.course, served, people, exercise, known, in_full=bool(exercise)
        )
    )
    return Bench(BatchResults(found.description, tuple(handed_in)), known)


def decide(
    served: ServedCourse, by: Person, held: Callable[[], Bench], propose: Propose
) -> tuple[Decision, ...]:
    """Record what is proposed, with who and when, and note it in the audit log.

    Raises
    ------
    UsageError
        What is proposed cannot be so; nothing was recorded.
    """
    with transaction.atomic():
        ServedCourse.objects.select_for_update().get(pk=served.pk)  # one decides after the other
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


def with_record(served: ServedCourse, place: Place, one: Try) -> Graded:
    """Return a grade with the record of one attempt, as pages and feedback take it."""
    course = course_of(served)
    kept = place.kept
    is_kept = kept is not None and kept.attempt.pk == one.attempt.pk
    record = _record(course, place.grade.student, one, _documents([one]), len(place.tries))
    return Graded(place.grade, (replace(record, kept=is_kept),))


def grade_text(grade: FinalGrade) -> str:
    """Return what counts, of how much, or why nothing does."""
    if grade.final is None:
        return standing(grade)
    return score_text(grade.final, grade.max_score)


def _handed_in(
    course: Course,
    served: ServedCourse,
    people: Sequence[Person],
    exercise: str,
    decisions: Sequence[Decision],
    *,
    in_full: bool = False,
) -> Iterator[tuple[Student, str, list[Try], list[CountedAttempt]]]:
    """Give who has tried what, with what `grader.decisions` takes of it."""
    pointed = {(one.student, one.exercise) for one in decisions if one.kind == "points"}
    attempts = Attempt.objects.filter(course=served).order_by("number")
    if len(people) == 1:
        attempts = attempts.filter(person=people[0])
    if exercise:
        attempts = attempts.filter(exercise=exercise)
    by_place: dict[tuple[int, str], list[Try]] = defaultdict(list)
    for one in tries(course, attempts):
        by_place[one.attempt.person_id, one.attempt.exercise].append(one)
    for person in people:
        student = as_student(person)
        for each in course.exercises:
            if exercise not in ("", each.name):
                continue
            own = by_place.get((person.pk, each.name), [])
            full = in_full or bool(each.by_hand) or (student.id, each.name) in pointed
            yield student, each.name, own, _counted(course, student, own, full)


def _counted(
    course: Course, student: Student, own: Sequence[Try], full: bool
) -> list[CountedAttempt]:
    documents = _documents(own) if full else {}
    best = max(own, key=_order, default=None)
    found = []
    for one in own:
        record = replace(_record(course, student, one, documents, len(own)), kept=one is best)
        score, sha256 = one.score, one.attempt.sha256
        found.append(replace(attempt_of(record), score=score, submission=sha256))
    return found


def _documents(own: Sequence[Try]) -> dict[int, Result]:
    """Return the results of attempts by their numbers."""
    wanted = [one.result for one in own if one.result is not None]
    rows = GradedResult.objects.filter(pk__in=wanted).values_list("id", "document")
    return {number: Result.from_json(document) for number, document in rows}


def _record(
    course: Course, student: Student, one: Try, documents: dict[int, Result], of: int
) -> Record:
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
        result=documents.get(one.result or 0),
    )


def _order(one: Try) -> tuple[float, int]:
    return -1.0 if one.final is None else one.final, one.attempt.number
