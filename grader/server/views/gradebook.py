"""Grades for a learning platform's gradebook: its own export comes in, and goes out filled in."""

from __future__ import annotations

import base64
from typing import Final

from django.http import HttpRequest, HttpResponse

from grader.errors import UsageError
from grader.gradebook.exporting import Format, filled_gradebook, told_filled
from grader.gradebook.feedback_zip import pack_moodle
from grader.gradebook.moodle import read_worksheet
from grader.gradebook.sheet import Upload
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.server import access, grades
from grader.server.access import Visit, students_of
from grader.server.courses import course_of
from grader.server.grades import ExerciseGrade
from grader.server.models import noted
from grader.server.rendering import page
from grader.server.views.files import pages_for_students, zip_file

FORMATS: Final[dict[Format, str]] = {
    "canvas": _("Canvas: Grades, Export, Export Entire Gradebook"),
    "moodle": _("Moodle: an assignment's grading worksheet, or Grades, Export, Plain text file"),
    "csv": _("any table with a column of ids"),
}
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class FilledGradebook:
    """A gradebook that was filled in: its name, an address that holds it, what to tell of it."""

    name: str
    address: str
    told: str
    notes: tuple[str, ...]
    left_out: tuple[str, ...]
    more: int


@access.instructor
def gradebook(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Ask for a platform's export, and give it back with the grades in it."""
    problem, made = "", None
    if request.method == "POST":
        try:
            if "feedback" in request.POST:
                return _feedback(request, visit)
            made = _made(request, visit)
        except UsageError as error:
            problem = error.on_page
    return page(
        request,
        "gradebook.html",
        400 if problem else 200,
        visit=visit,
        course=course_of(visit.course),
        formats=FORMATS,
        written=request.POST,
        made=made,
        problem=problem,
    )


def _made(request: HttpRequest, visit: Visit) -> FilledGradebook:
    """Return the gradebook that a form asks for.

    Raises
    ------
    UsageError
        The file, or what is to go where, is not clear.
    """
    format, into = _format(request), _export(request)
    if format is None or (format == "canvas" and into is None):
        raise UsageError(_("choose the platform and the file that it exported"))
    exercise, column = _exercise(request, visit), request.POST.get("column", "").strip()[:200]
    if column and not (exercise and into):
        raise UsageError(_("a column belongs to one exercise and one file: choose both"))
    graded = grades.with_kept(visit.course, _exercise_grades(visit, exercise))
    filled = filled_gradebook(format, graded, into, exercise or None, column or None)
    noted(visit.person, visit.course, "gradebook", f"{format}: {filled.written} grades")
    content = base64.b64encode(filled.data).decode("ascii")
    return FilledGradebook(
        name=f"{format}.csv",
        address=f"data:text/csv;base64,{content}",
        told=told_filled(filled, is_new=into is None),
        notes=tuple(filled.notes),
        left_out=tuple(filled.left_out[:_SHOWN]),
        more=max(0, len(filled.left_out) - _SHOWN),
    )


def _feedback(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Return the students' pages as a zip that Moodle takes back, by its grading worksheet.

    Raises
    ------
    UsageError
        There is no worksheet, and so no knowing which page is whose.
    """
    into = _export(request)
    worksheet = read_worksheet(into) if into and _format(request) == "moodle" else None
    if worksheet is None:
        raise UsageError(
            _("feedback goes back to Moodle by an assignment's grading worksheet: choose its file")
        )
    exercise_grades = _exercise_grades(visit, _exercise(request, visit))
    drawn = pages_for_students(visit.course, exercise_grades)
    packed = pack_moodle(grades.with_kept(visit.course, exercise_grades), drawn, worksheet)
    if not packed.files:
        raise UsageError(_("nobody in the worksheet has feedback"))
    noted(visit.person, visit.course, "gradebook", f"moodle: {packed.files} feedback files")
    return zip_file(packed.data, "moodle-feedback.zip")


def _format(request: HttpRequest) -> Format | None:
    wanted = request.POST.get("format", "")
    return next((each for each in FORMATS if each == wanted), None)


def _export(request: HttpRequest) -> Upload | None:
    file = request.FILES.get("file")
    return Upload((file.name or "")[-100:], file.read()) if file else None


def _exercise(request: HttpRequest, visit: Visit) -> str:
    """Return the exercise that was chosen; nothing for all."""
    exercise = request.POST.get("exercise", "").strip()[:200]
    if exercise and exercise not in {one.name for one in course_of(visit.course).exercises}:
        raise UsageError(_("the course has no exercise {name}", name=exercise))
    return exercise


def _exercise_grades(visit: Visit, exercise: str) -> list[ExerciseGrade]:
    people = [one.person for one in students_of(visit)]
    return list(grades.exercise_grades(visit.course, people, exercise))
