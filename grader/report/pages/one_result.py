"""The page of one result, for who has just checked a file."""

from __future__ import annotations

import os
from pathlib import Path

from grader.course import Course
from grader.errors import UsageError
from grader.report.pages.course_drawing import CourseDrawings
from grader.report.pages.student_page import Work, student_page
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
    )
    staged = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        staged.write_text(page, encoding="utf-8", newline="\n")
        staged.replace(path)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise UsageError(
            f"{path} cannot be written: {error.strerror}", "name a file in a folder you may write"
        ) from None
