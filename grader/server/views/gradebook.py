"""Grades for a learning platform's gradebook: its own export comes in, and goes out filled in."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse

from grader.errors import UsageError
from grader.gradebook.exporting import Format, filled_gradebook, told_filled
from grader.gradebook.sheet import Upload
from grader.language import gettext_lazy as _
from grader.server import access, grades
from grader.server.access import Visit, students_of
from grader.server.courses import course_of
from grader.server.models import noted
from grader.server.rendering import page

FORMATS: Final[dict[Format, str]] = {
    "canvas": _("Canvas: Grades, Export, Export Entire Gradebook"),
    "moodle": _("Moodle: an assignment's grading worksheet, or Grades, Export, Plain text file"),
    "csv": _("any table with a column of ids"),
}
_SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Made:
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
            made = _made(request, visit)
        except UsageError as error:
            problem = error.message
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


def _made(request: HttpRequest, visit: Visit) -> Made:
    """Return the gradebook that a form asks for.

    Raises
    ------
    UsageError
        The file, or what is to go where, is not clear.
    """
    wanted, exercise, column = (
        request.POST.get(name, "").strip()[:200] for name in ("format", "exercise", "column")
    )
    format = next((each for each in FORMATS if each == wanted), None)
    file = request.FILES.get("file")
    if format is None or (format == "canvas" and file is None):
        raise UsageError(_("choose the platform and the file that it has exported"))
    if column and not (exercise and file):
        raise UsageError(_("a column is of one exercise and one file: choose both"))
    names = {one.name for one in course_of(visit.course).exercises}
    if exercise and exercise not in names:
        raise UsageError(_("the course has no exercise {name}", name=exercise))
    into = Upload((file.name or "")[-100:], file.read()) if file else None
    people = [one.person for one in students_of(visit)]
    graded = grades.with_kept(visit.course, grades.places(visit.course, people, exercise))
    filled = filled_gradebook(format, graded, into, exercise or None, column or None)
    noted(visit.person, visit.course, "gradebook", f"{format}: {filled.written} grades")
    content = base64.b64encode(filled.data).decode("ascii")
    return Made(
        name=f"{format}.csv",
        address=f"data:text/csv;base64,{content}",
        told=told_filled(filled, is_new=into is None),
        notes=tuple(filled.notes),
        left_out=tuple(filled.left_out[:_SHOWN]),
        more=max(0, len(filled.left_out) - _SHOWN),
    )
