"""The pages of a whole batch, written beside its results."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from grader.batch.records import Student
from grader.batch.results_reader import (
    Record,
    by_student,
    read_left_over,
    read_missing,
    read_records,
)
from grader.course import Course
from grader.report.arrangement import score_text
from grader.report.pages.class_page import class_page
from grader.report.pages.counting import count
from grader.report.pages.course_drawing import CourseDrawings
from grader.report.pages.rows import Handing, Row, handing, missing_row, row
from grader.report.pages.student_page import Draw, Try, Work, student_page

REPORT: Final = "report"
INDEX: Final = "index.html"
STUDENTS: Final = "students"
_LONGEST_STEM: Final = 60


def write_pages(out: Path, course: Course | None) -> Path:
    """Write the class page and each student's page to `out/report`, and return the class page.

    Parameters
    ----------
    out : Path
        A batch's output folder.
    course : Course or None
        Draws the figures of its own results; without it there are none.

    Raises
    ------
    UsageError
        `out` holds no results, or damaged ones.
    CourseError
        The course cannot draw.
    OSError
        A page cannot be written.
    """
    left_over, missing = read_left_over(out), read_missing(out)
    folder = out / REPORT / STUDENTS
    folder.mkdir(parents=True, exist_ok=True)
    draw = CourseDrawings(course).draw
    rows: list[Row] = []
    handings: list[Handing] = []
    names: set[str] = set()
    courses: set[str] = set()
    for student, records in by_student(read_records(out)):
        name = page_name(student)
        names.add(name)
        _write(folder / name, page_of(student, records, draw))
        rows += [row(one, f"{STUDENTS}/{name}") for one in records if one.kept]
        handings += [place for one in records if (place := handing(one))]
        courses |= {one.result.course for one in records if one.result}
    rows += [missing_row(one) for one in missing]
    for old in folder.glob("*.html"):
        if old.name not in names:
            old.unlink()
    index = out / REPORT / INDEX
    _write(index, class_page(count(rows, handings), ", ".join(sorted(courses)), left_over))
    return index


def page_of(student: Student, records: Iterable[Record], draw: Draw) -> str:
    """Return the page of a student with all of their records."""
    return student_page(
        list(_works(list(records))), name=student.name, identity=student.id, draw=draw
    )


def page_name(student: Student) -> str:
    """Return the file name of a student's page: short, plain ASCII, and no two students' the same.

    Examples
    --------
    >>> page_name(Student("al12", "Ada Lovelace"))
    'al12-c5a08ba6.html'
    """
    plain = unicodedata.normalize("NFKD", student.id or student.name)
    stem = re.sub(r"[^A-Za-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
    whole = f"{student.id}\0{student.name}\0{student.matched}"
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{stem[:_LONGEST_STEM].lower() or 'student'}-{digest[:8]}.html"


def _works(records: list[Record]) -> Iterator[Work]:
    for name in dict.fromkeys(one.exercise for one in records):
        own = [one for one in records if one.exercise == name]
        counting = next((one for one in own if one.kept), own[-1])
        costs = counting.lateness.percent > 0 and counting.final is not None
        yield Work(
            exercise=name,
            result=counting.result,
            lateness=_lateness(counting),
            final_score=counting.final if costs else None,
            tries=[_try(one) for one in own] if len(own) > 1 else (),
            note=counting.note,
        )


def _lateness(record: Record) -> str:
    late = record.lateness
    if not late.late:
        return ""
    when = f"{late.days} {'day' if late.days == 1 else 'days'} late" if late.days else "late"
    return f"Handed in {when}" + (f": {late.percent:g} % off." if late.percent else ".")


def _try(record: Record) -> Try:
    result = record.result
    if result is None:
        score = "could not be read"
    elif record.status != "graded":
        score = "not graded"
    else:
        score = score_text(result.score, result.max_score)
    return Try(record.number, record.submitted, score, record.kept)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
