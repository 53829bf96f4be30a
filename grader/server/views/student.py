"""What a student sees: the exercises, a task, a file handed in, how it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from grader.course import Course, Exercise
from grader.course.files import read_text
from grader.course.translations import in_language
from grader.decisions.decision_words import for_student
from grader.decisions.final_grade import decided_deadline
from grader.grading.files_beside import mentioned
from grader.grading.submission import is_notebook, text_of, typed
from grader.language import current_language
from grader.quick_dataclass import dataclass
from grader.report.pages.folder import lateness_text
from grader.server import access, grades, limits, queue
from grader.server.access import Visit, attempt_for, courses_of, exercise_for
from grader.server.changes import Changes, changes
from grader.server.courses import course_of, read_course, title_of
from grader.server.digests import digest
from grader.server.grades import ExerciseGrade, StandingAttempt
from grader.server.models import Attempt, Person
from grader.server.prepared import PreparedQuery
from grader.server.rendering import failure_page, markdown, page
from grader.server.results import documents
from grader.server.showing import GRADER_FAILED, Disclosure, as_shown, shown_to
from grader.server.taking_in import (
    MOST_FILES,
    ReceivedFile,
    RefusedError,
    allowed,
    expect_code,
    sorted_out,
    take_in,
)
from grader.server.views.files import beside_told, exercise_grade_of, failures_told, score_told
from grader.server.views.several import take_in_several

_MOST_TYPED: Final = 200_000
_WITH_FILES_BESIDE: Final[PreparedQuery[Attempt]] = PreparedQuery(
    lambda: (
        Attempt.objects.filter(person=-1, course=-2, exercise="-3")
        .exclude(beside_sha256="")
        .only("pk")
    )
)


@dataclass(frozen=True, slots=True)
class Standing:
    """An exercise as a student stands in it: the deadline that holds for them, what is told."""

    exercise: Exercise
    exercise_grade: ExerciseGrade
    deadline: datetime | None
    shown: Disclosure


@access.person
def home(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the courses of who is logged in, or the only one."""
    courses = courses_of(person)
    if len(courses) == 1:
        return HttpResponseRedirect(reverse("course", args=[courses[0].name]))
    return page(request, "home.html", courses=[(each, title_of(each)) for each in courses])


@access.member
def course(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the exercises of a course, with deadline, points and what counts."""
    found = course_of(visit.course)
    exercise_grades = {
        one.grade.exercise: one for one in grades.exercise_grades(visit.course, [visit.person])
    }
    standings = [_standing(visit, one, exercise_grades[one.name]) for one in found.exercises]
    return page(
        request,
        "course.html",
        visit=visit,
        course=found,
        standings=standings,
        is_one_of_several=len(courses_of(visit.person)) > 1,
    )


@access.member
def exercise(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Show a task, the attempts so far, and a place to hand in."""
    found = course_of(visit.course)
    chosen = exercise_for(visit, exercise)
    return _exercise_page(request, visit, found, chosen)


@access.member
def submit(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Take in what was uploaded, one file or several, or what was typed."""
    found = course_of(visit.course)
    chosen = exercise_for(visit, exercise)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("exercise", args=[visit.course.name, exercise]))
    if limits.too_many("submit", str(visit.person.pk), request):
        return failure_page(request, "rate", 429)
    try:
        key = request.headers.get("Idempotency-Key", "")
        handed = [
            (each, replace(file, key=_key(key, each, file)))
            for each, file in _handed_in(request, visit, found, chosen)
        ]
        for each, file in handed:
            expect_code(found, each, file)
        if len(handed) > 1:
            return take_in_several(request, visit, found, handed)
        attempt = take_in(visit, found, *handed[0])
    except RefusedError as error:
        return _exercise_page(request, visit, found, chosen, error)
    return HttpResponseRedirect(reverse("attempt", args=[visit.course.name, attempt.pk]))


@access.member
def attempt(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show an attempt: its place in the queue, or the report."""
    one = attempt_for(visit, number)
    found = course_of(visit.course)
    exercise_grade, own = exercise_grade_of(visit, one)
    told = shown_to(visit, exercise_grade)
    return page(
        request,
        "attempt.html",
        visit=visit,
        course=found,
        exercise=exercise_for(visit, one.exercise),
        attempt=one,
        where=queue.position(one) if own.status == "waiting" else queue.QueuePosition(None),
        own=own,
        shown=told,
        score=score_told(exercise_grade, own, told),
        told=for_student(exercise_grade.grade),
        grader_failed=GRADER_FAILED,
        failures=failures_told(visit, own),
        late=lateness_text(own.lateness),
        beside=beside_told(one),
        changes=None if told.is_withheld else _changes(exercise_grade.attempts, own, one, told),
    )


def _exercise_page(
    request: HttpRequest,
    visit: Visit,
    found: Course,
    chosen: Exercise,
    refused: RefusedError | None = None,
) -> HttpResponse:
    language = current_language()
    task = read_text(in_language(found.task(chosen), language), "")
    exercise_grade = _exercise_grade(visit, chosen)
    own = exercise_grade.attempts[::-1]
    begun_from = _begun_from(own)
    standing = _standing(visit, chosen, exercise_grade)
    return page(
        request,
        "exercise.html",
        400 if refused else 200,
        visit=visit,
        course=found,
        task=markdown(task),
        standing=standing,
        told=for_student(exercise_grade.grade),
        attempts=[(one, lateness_text(one.lateness)) for one in own[:50]],
        allowed=allowed(visit, chosen, own),
        is_late=_is_late(standing),
        code=request.POST.get("code") or _code(begun_from, found, chosen, language),
        begun_from=begun_from,
        beside=beside_told(begun_from) if begun_from else "",
        problem=refused.problem if refused else "",
        problem_file=refused.name if refused else "",
        reason=refused.reason if refused else "",
        most_files=MOST_FILES,
    )


def _exercise_grade(visit: Visit, chosen: Exercise) -> ExerciseGrade:
    [exercise_grade] = grades.exercise_grades(visit.course, [visit.person], chosen.name)
    return exercise_grade


def _standing(visit: Visit, chosen: Exercise, exercise_grade: ExerciseGrade) -> Standing:
    rule = read_course(visit.course).description
    deadline = decided_deadline(exercise_grade.grade.decisions, rule, chosen.name)
    return Standing(chosen, exercise_grade, deadline, shown_to(visit, exercise_grade))


def _is_late(standing: Standing) -> bool:
    return standing.deadline is not None and timezone.now() > standing.deadline


def _changes(
    tries: Sequence[StandingAttempt], own: StandingAttempt, attempt: Attempt, told: Disclosure
) -> Changes | None:
    """Return what is different since the last graded attempt before this one."""
    before = [
        one for one in tries if one.attempt.number < attempt.number and one.status == "graded"
    ]
    if not before or own.status != "graded":
        return None
    both = (before[-1], own)
    found = documents([one.result or 0 for one in both])
    if len(found) < len(both):
        return None
    earlier, later = (as_shown(found[one.result or 0], told) for one in both)
    return changes(before[-1].attempt, earlier, attempt, later, told)


def _begun_from(own: Sequence[StandingAttempt]) -> Attempt | None:
    """Return the attempt that the editor begins with, of those at an exercise, the last first."""
    return next((one.attempt for one in own if not is_notebook(one.attempt.file_name)), None)


def _code(begun_from: Attempt | None, found: Course, chosen: Exercise, language: str) -> str:
    """Return what the editor begins with: what was handed in last, or the stub."""
    if begun_from is not None:
        return text_of(bytes(begun_from.content))
    return read_text(in_language(found.stub(chosen), language), "")


def _handed_in(
    request: HttpRequest, visit: Visit, found: Course, chosen: Exercise
) -> list[tuple[Exercise, ReceivedFile]]:
    """Return what was handed in, uploaded or typed: files that were chosen, but not beside code
    that was changed as well. With what was typed goes what it imports of the files that came with
    the code that it was begun from.
    """
    files = request.FILES.getlist("file")
    code = request.POST.get("code", "").replace("\r\n", "\n")
    if files:
        if code.strip() and request.POST.get("what") != "file":
            begun_from = _begun_from(_exercise_grade(visit, chosen).attempts[::-1])
            began = _code(begun_from, found, chosen, current_language())
            if code.strip() != began.replace("\r\n", "\n").strip():
                raise RefusedError("both")
        return sorted_out(found, chosen, files)
    if not code.strip() or request.POST.get("what") == "file":
        raise RefusedError("empty")
    if len(code) > _MOST_TYPED:
        raise RefusedError("large")
    content = typed(code)
    beside = _goes_with(visit, chosen, content)
    return [(chosen, ReceivedFile(f"{chosen.name}.py", content, beside=beside))]


def _key(drawn: str, chosen: Exercise, file: ReceivedFile) -> str:
    """Return the key of a file that a page has sent with one: another file has another."""
    if not drawn:
        return ""
    content = hashlib.sha256(file.content).hexdigest()
    beside = queue.digest_of(file.beside)
    return digest("\n".join((drawn, chosen.name, file.name, content, beside)))


def _goes_with(visit: Visit, chosen: Exercise, content: bytes) -> Sequence[tuple[str, bytes]]:
    if not _WITH_FILES_BESIDE.count(visit.person.pk, visit.course.pk, chosen.name):  # nearly all
        return ()
    begun_from = _begun_from(_exercise_grade(visit, chosen).attempts[::-1])
    return mentioned(content, dict(begun_from.files_beside)) if begun_from else ()
