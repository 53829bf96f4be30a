"""The desk's part that decides: a student's grade for an exercise, the class, tables and zips."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect

from grader.course import Exercise
from grader.decisions.decision import ALL, Decision, Kind, in_force, taken_back
from grader.decisions.decision_words import told
from grader.decisions.decisions_table import of_this_answer
from grader.decisions.final_grade import FinalGrade
from grader.decisions.grades_file import write_to
from grader.decisions.parts import GradedPart, answer_digest, items_in
from grader.decisions.proposing import FOR_MANY, DecidedBatch
from grader.decisions.remarks import remarks
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.pages.folder import lateness_text, page_name
from grader.result import PartResult
from grader.server import access, grades
from grader.server.access import Visit, exercise_for, student_for, students_of
from grader.server.courses import course_of
from grader.server.models import Person, Role, noted
from grader.server.paging import list_page
from grader.server.rendering import page
from grader.server.views.files import failures_told, pages_for_students, zip_answer

KINDS: Final[dict[Kind, str]] = {
    "comment": _("a comment for the student"),
    "score": _("the score that counts"),
    "points": _("points for a check"),
    "extension": _("a new deadline"),
    "waiver": _("no penalty for lateness"),
    "excused": _("excused"),
    "withheld": _("withheld"),
}
_ALL: Final = (*KINDS, "graded", "undo", "confirmed")
_ASSISTANTS: Final = ("comment", "graded")
_MOST_REMARKS: Final = 50


@dataclass(frozen=True, slots=True)
class PartToGrade:
    """A part that a person grades: what it got so far, and the answer with what tells it."""

    graded: GradedPart
    answer: PartResult | None
    answer_id: str
    taken: tuple[str, ...]


@access.staff
def grade(request: HttpRequest, visit: Visit, number: int, exercise: str) -> HttpResponse:
    """Show a student's grade for an exercise with all that it rests on, and decide on it."""
    person = student_for(visit, number)
    chosen = exercise_for(visit, exercise)

    def held() -> DecidedBatch:
        return grades.decided_batch(visit.course, [person], exercise)

    problem = ""
    if request.method == "POST":
        problem = _decided(request, visit, held, person.username, exercise)
        if not problem:
            return HttpResponseRedirect(request.path)
    return _grade_page(request, visit, person, chosen, problem)


@access.instructor
def decisions(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Show what was decided in a course, and decide for many at once."""

    problem = ""
    if request.method == "POST":
        student, exercise = (request.POST.get(name, "")[:200] for name in ("student", "exercise"))

        def held() -> DecidedBatch:
            return grades.decided_batch(visit.course, _concerned(request, visit, student))

        problem = _decided(request, visit, held, student, exercise)
        if not problem:
            return HttpResponseRedirect(request.path)
    known = grades.decisions_on(visit.course)
    lines = _remarks(visit, known)
    part = list_page(request, _told(known))
    return page(
        request,
        "decisions.html",
        400 if problem else 200,
        visit=visit,
        course=course_of(visit.course),
        part=part,
        decisions=part.rows,
        remarks=lines[:_MOST_REMARKS],
        more_remarks=max(0, len(lines) - _MOST_REMARKS),
        kinds={kind: text for kind, text in KINDS.items() if kind in FOR_MANY},
        written=request.POST,
        problem=problem,
    )


@access.instructor
def grades_table(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Give grades.csv: a line for each student and exercise, as `batch` writes it."""
    file = io.StringIO(newline="")
    exercise_grades = grades.exercise_grades(visit.course, _students(visit))
    write_to(file, (one.grade for one in exercise_grades))
    noted(visit.person, visit.course, "grades")
    answer = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="grades.csv"'
    return answer


@access.instructor
def feedback(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Give each student's page with what counts, as a zip."""
    noted(visit.person, visit.course, "feedback")
    return zip_answer(_pages(visit), f"{visit.course.name}-feedback.zip")


def _pages(visit: Visit) -> Iterator[tuple[str, str]]:
    exercise_grades = [
        one for one in grades.exercise_grades(visit.course, _students(visit)) if one.kept
    ]
    drawn = pages_for_students(visit.course, exercise_grades)
    graded = grades.with_kept(visit.course, exercise_grades)
    for student, own in groupby(graded, key=lambda one: one.grade.student):
        yield page_name(student), drawn(student, list(own))


def _remarks(visit: Visit, known: Sequence[Decision]) -> list[tuple[FinalGrade, str]]:
    """Return what has changed under decisions, of the students whom any is on."""
    students = {one.student for one in known}
    people = [one for one in _students(visit) if students & {one.username, ALL}]
    exercise_grades = grades.exercise_grades(visit.course, people) if people else ()
    return [(one.grade, line) for one in exercise_grades for line in remarks(one.grade)]


def _concerned(request: HttpRequest, visit: Visit, student: str) -> list[Person]:
    """Return whose grades have to be known to decide: on SQLite, nobody can hand in meanwhile."""
    if student == ALL or request.POST.get("kind") == "undo":
        return []
    own = [one.person for one in students_of(visit).filter(person__username=student)]
    return own or _students(visit)


def _students(visit: Visit) -> list[Person]:
    return [one.person for one in students_of(visit)]


def _grade_page(
    request: HttpRequest,
    visit: Visit,
    person: Person,
    exercise: Exercise,
    problem: str,
) -> HttpResponse:
    [exercise_grade] = grades.exercise_grades(visit.course, [person], exercise.name)
    kept = exercise_grade.kept
    result = grades.result_of(kept) if kept else None
    answers = {one.id: one for one in result.by_hand} if result else {}
    known = grades.decisions_on(visit.course, person.username)
    on_this = [one for one in known if one.exercise in (exercise.name, "all")]
    full = visit.role is Role.INSTRUCTOR
    return page(
        request,
        "grade.html",
        400 if problem else 200,
        visit=visit,
        course=course_of(visit.course),
        exercise=exercise,
        person=person,
        attempts=[
            (one, lateness_text(one.lateness), failures_told(visit, one))
            for one in exercise_grade.attempts
        ],
        counts=grades.grade_text(exercise_grade.grade),
        parts=[_part(one, answers.get(one.part.id)) for one in exercise_grade.grade.parts],
        checks=result.checks if result else (),
        decisions=_told(on_this),
        remarks=remarks(exercise_grade.grade),
        kinds=KINDS if full else {"comment": KINDS["comment"]},
        written=request.POST,
        problem=problem,
    )


def _part(graded: GradedPart, answer: PartResult | None) -> PartToGrade:
    taken = items_in(graded.decision.value) if graded.decision else ()
    return PartToGrade(graded, answer, answer_digest(answer) if answer else "", taken)


def _told(every: tuple[Decision, ...] | list[Decision]) -> list[tuple[Decision, str, bool]]:
    """Return decisions, the last one first, in words, and whether they are in force."""
    held = {one.number for one in in_force(every).decisions}
    back = taken_back(every)
    return [
        (one, told(one), one.number in held or (one.kind == "undo" and one.number not in back))
        for one in reversed(every)
    ]


def _decided(
    request: HttpRequest,
    visit: Visit,
    held: Callable[[], DecidedBatch],
    student: str,
    exercise: str,
) -> str:
    """Record what a form decides; return what is wrong with it, nothing where it holds."""
    try:
        grades.decide(
            visit.course,
            visit.person,
            held,
            lambda decided: _proposed(request, visit, decided, student, exercise),
        )
    except UsageError as error:
        return error.on_page
    return ""


def _proposed(
    request: HttpRequest, visit: Visit, decided: DecidedBatch, student: str, exercise: str
) -> list[Decision]:
    by, form = visit.person.username, request.POST
    kind = form.get("kind", "")
    if kind not in (_ASSISTANTS if visit.role is not Role.INSTRUCTOR else _ALL):
        raise Http404
    if kind == "undo":
        return [decided.undone(form.get("number", "")[:20], by=by, reason=form.get("reason", ""))]
    if kind == "confirmed":
        return decided.confirmed(student, exercise, by=by)
    wanted = Decision(
        kind,
        student,
        exercise,
        value=", ".join(form.getlist("item")) or form.get("value", ""),
        check=form.get("check", ""),
        reason=form.get("reason", ""),
        remark=form.get("remark", ""),
        by=by,
    )
    return [of_this_answer(decided.checked(wanted), form.get("answer_id", ""))]
