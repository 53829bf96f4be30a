"""The page of one result, for who has just checked a file."""

from __future__ import annotations

from pathlib import Path

from grader.course import Course
from grader.course.files import write_texts
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.report.pages.course_drawing import CourseDrawings
from grader.report.pages.student_page import Work, student_page
from grader.report.pages.words import page_languages
from grader.result import Result


def write_page(path: Path, result: Result, course: Course) -> None:
    """Write the page of a result, whole or not at all.

    Raises
    ------
    UsageError
        The file cannot be written.
    CourseError
        The course cannot draw.
    """
    page = student_page(
        [Work(result.exercise, result)],
        name=result.submission.name,
        draw=CourseDrawings(course).draw,
        languages=page_languages(course),
    )
    try:
        write_texts({path: page})
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {reason}", path=path, reason=error.strerror),
            _("choose a file in a folder you can write to"),
        ) from None
