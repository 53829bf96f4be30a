"""What a student sees: the exercises, a task, a file handed in, how it stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone

from grader.course import Course, Exercise
from grader.course.files import read_text
from grader.course.translations import in_language
from grader.decisions.decision_words import for_student
from grader.decisions.final_grade import decided_deadline
from grader.grading.submission import is_notebook
from grader.language import current_language
from grader.language import gettext as _
from grader.report.arrangement import score_text
from grader.report.pages.folder import lateness_text
from grader.server import access, grades, limits, queue
from grader.server.access import Visit, attempt_for, courses_of, exercise_for
from grader.server.changes import Changes, changes
from grader.server.courses import course_of, read_course
from grader.server.grades import ExerciseGrade, StandingAttempt
from grader.server.models import Attempt, Person
from grader.server.rendering import failure_page, markdown, page
from grader.server.results import documents
from grader.server.showing import Disclosure, as_shown, result_for, shown_to
from grader.server.taking_in import RefusedError, Upload, allowed, take_in, uploaded
from grader.server.views.files import exercise_grade_of
from grader.server.waiting import Hold

_MOST_TYPED: Final = 200_000


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
    return page(request, "home.html", courses=[(each, course_of(each)) for each in courses])


@access.member
def course(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show the exercises of a course, with deadline, points and what counts."""
    found = course_of(visit.course)
    exercise_grades = {
        one.grade.exercise: one for one in grades.exercise_grades(visit.course, [visit.person])
    }
    standings = [_standing(visit, one, exercise_grades[one.name]) for one in found.exercises]
    return page(request, "course.html", visit=visit, course=found, standings=standings)


@access.member
def exercise(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Show a task, the attempts so far, and a place to hand in."""
    found = course_of(visit.course)
    chosen = exercise_for(visit, exercise)
    return _exercise_page(request, visit, found, chosen)


@access.member
def submit(request: HttpRequest, visit: Visit, exercise: str) -> HttpResponse:
    """Take a file in, uploaded or typed."""
    found = course_of(visit.course)
    chosen = exercise_for(visit, exercise)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("exercise", args=[visit.course.name, exercise]))
    if limits.too_many("submit", str(visit.person.pk), request):
        return failure_page(request, "rate", 429)
    try:
        attempt = take_in(visit, found, chosen, _handed_in(request, visit, found, chosen))
    except RefusedError as error:
        return _exercise_page(request, visit, found, chosen, error.problem)
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
        where=queue.position(one),
        own=own,
        shown=told,
        score=_score(visit, exercise_grade, own, told),
        told=for_student(exercise_grade.grade),
        late=lateness_text(own.lateness),
        changes=None if told.is_withheld else _changes(exercise_grade.attempts, own, one, told),
    )


@access.member
def state(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Tell the page's script where an attempt is in the queue; once it has ended, or later."""
    where = queue.position(attempt_for(visit, number))
    answer = JsonResponse(_told(where, where.ask_again))
    if where.before is not None:
        ended = json.dumps(_told(queue.QueuePosition(None), 0.0)).encode()
        over = json.dumps(_told(where, 0.0)).encode()
        answer.hold = Hold(visit.person.pk, number, where.hold_seconds, ended, over)
    return answer


def _told(where: queue.QueuePosition, again: float) -> dict[str, object]:
    return {
        "ended": where.before is None,
        "before": where.before or 0,
        "minutes": round(where.seconds / 60),
        "again": again,
    }


def _exercise_page(
    request: HttpRequest, visit: Visit, found: Course, chosen: Exercise, problem: str = ""
) -> HttpResponse:
    language = current_language()
    task = read_text(in_language(found.task(chosen), language), "")
    exercise_grade = _exercise_grade(visit, chosen)
    own = exercise_grade.attempts[::-1]
    return page(
        request,
        "exercise.html",
        400 if problem else 200,
        visit=visit,
        course=found,
        task=markdown(task),
        standing=_standing(visit, chosen, exercise_grade),
        told=for_student(exercise_grade.grade),
        attempts=[(one, lateness_text(one.lateness)) for one in own[:50]],
        allowed=allowed(visit, chosen, own),
        is_late=_is_late(_standing(visit, chosen, exercise_grade)),
        code=request.POST.get("code") or _code(own, found, chosen, language),
        problem=problem,
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


def _score(
    visit: Visit, exercise_grade: ExerciseGrade, own: StandingAttempt, told: Disclosure
) -> str:
    """Return the score of an attempt, or as much of it as is told yet."""
    if own.score is None or told.is_withheld:
        return ""
    if told.has_scores:
        return score_text(own.score, exercise_grade.grade.max_score)
    result = result_for(visit, exercise_grade, own)
    if result is None or not result.checks:
        return ""
    score = score_text(result.score, result.max_score)
    return _("{score} so far", score=score) if result.not_run else score


def _changes(
    attempts: Sequence[StandingAttempt], own: StandingAttempt, attempt: Attempt, told: Disclosure
) -> Changes | None:
    """Return what is different since the last graded attempt before this one."""
    before = [
        one for one in attempts if one.attempt.number < attempt.number and one.status == "graded"
    ]
    if not before or own.status != "graded":
        return None
    both = (before[-1], own)
    found = documents([one.result or 0 for one in both])
    if len(found) < len(both):
        return None
    earlier, later = (as_shown(found[one.result or 0], told) for one in both)
    return changes(before[-1].attempt, earlier, attempt, later)


def _code(own: Sequence[StandingAttempt], found: Course, chosen: Exercise, language: str) -> str:
    """Return what the editor begins with: what was handed in last, or the stub."""
    for one in own:
        if not is_notebook(one.attempt.file_name):
            return bytes(one.attempt.content).decode("utf-8", "replace")
    return read_text(in_language(found.stub(chosen), language), "")


def _handed_in(request: HttpRequest, visit: Visit, found: Course, chosen: Exercise) -> Upload:
    """Return what was handed in, uploaded or typed: a file that was chosen, but not beside code
    that was changed as well.
    """
    upload = request.FILES.get("file")
    code = request.POST.get("code", "").replace("\r\n", "\n")
    if upload is not None:
        if code.strip() and request.POST.get("what") != "file":
            began = _code(
                _exercise_grade(visit, chosen).attempts[::-1], found, chosen, current_language()
            )
            if code.strip() != began.replace("\r\n", "\n").strip():
                raise RefusedError("both")
        return uploaded(upload)
    if not code.strip() or request.POST.get("what") == "file":
        raise RefusedError("empty")
    if len(code) > _MOST_TYPED:
        raise RefusedError("large")
    return Upload(f"{chosen.name}.py", code.encode("utf-8", "surrogatepass"))
