"""The pages of a whole batch, written beside its results."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from grader.batch.late import Lateness
from grader.batch.records import Student
from grader.batch.results_reader import Record, read_left_over
from grader.batch.similar_work import read_similar
from grader.course import Course
from grader.decisions.decision_words import for_student
from grader.decisions.final_grade import decided_result
from grader.decisions.results import Graded, read_graded
from grader.language import gettext_lazy as _
from grader.language import ngettext_lazy
from grader.report.arrangement import score_text
from grader.report.pages.class_page import class_page
from grader.report.pages.counting import count
from grader.report.pages.course_drawing import CourseDrawings
from grader.report.pages.recurring import recurring
from grader.report.pages.rows import Handing, Row, handing, row
from grader.report.pages.similar_page import shown_groups, similar_page
from grader.report.pages.student_page import Draw, Try, Work, student_page
from grader.report.pages.words import page_languages

REPORT: Final = "report"
INDEX: Final = "index.html"
STUDENTS: Final = "students"
SIMILAR: Final = "similar.html"
_LONGEST_STEM: Final = 60


def write_pages(out: Path, course: Course | None, *, similar: bool = True) -> Path:
    """Write the class page and each student's page to `out/report`, and return the class page.

    Parameters
    ----------
    out : Path
        A batch's output folder.
    course : Course or None
        Draws the figures of its own results, and says in which languages the pages are; without
        it there are no figures, and the pages are in the reader's.
    similar : bool
        Whether submissions that are alike are told.

    Raises
    ------
    UsageError
        `out` holds no results, or damaged ones.
    CourseError
        The course cannot draw.
    OSError
        A page cannot be written.
    """
    left_over = [one for one in read_left_over(out) if not one.student]
    alike = shown_groups(read_similar(out)) if similar else ()
    folder = out / REPORT / STUDENTS
    folder.mkdir(parents=True, exist_ok=True)
    draw = CourseDrawings(course).draw
    languages = page_languages(course)
    rows: list[Row] = []
    handings: list[Handing] = []
    names: set[str] = set()
    courses: set[str] = set()
    for student, graded in _by_student(read_graded(out)):
        told = [one for one in graded if one.records or one.grade.decisions]
        name = page_name(student)
        if told:
            names.add(name)
            page = page_of(student, told, draw, languages, steps=True)
            _write(folder / name, page)
        rows += [row(one, f"{STUDENTS}/{name}" if one in told else "") for one in graded]
        records = [record for one in graded for record in one.records]
        handings += [place for one in records if (place := handing(one))]
        courses |= {one.result.course for one in records if one.result}
    for old in folder.glob("*.html"):
        if old.name not in names:
            old.unlink()
    counted, title = count(rows, handings), ", ".join(sorted(courses))
    if alike:
        pages = {(one.student.id, one.student.name): one.page for one in rows if one.page}
        _write(out / REPORT / SIMILAR, similar_page(alike, title, pages, languages))
    else:
        (out / REPORT / SIMILAR).unlink(missing_ok=True)
    index = out / REPORT / INDEX
    _write(
        index,
        class_page(
            counted,
            title,
            left_over,
            alike=alike,
            similar=similar,
            repairs=recurring(rows, course),
            languages=languages,
        ),
    )
    return index


def _by_student(graded: Iterable[Graded]) -> Iterator[tuple[Student, list[Graded]]]:
    """Give each student's grades; nobody has a page of their own for what they did not hand in."""
    for _who, group in groupby(graded, key=_person):
        own: dict[Student, list[Graded]] = {}
        missing = []
        for one in group:
            if one.records:
                own.setdefault(one.grade.student, []).append(one)
            else:
                missing.append(one)
        if not own:
            own[missing[0].grade.student] = []
        first = next(iter(own))
        own[first] = sorted([*own[first], *missing], key=lambda one: one.grade.exercise)
        yield from own.items()


def _person(graded: Graded) -> tuple[str, str]:
    return graded.grade.student.id, graded.grade.student.name


def page_of(
    student: Student,
    graded: Iterable[Graded],
    draw: Draw,
    languages: Sequence[str] = (),
    *,
    steps: bool = False,
) -> str:
    """Return the page of a student with all of their grades; the rest as in `student_page`."""
    return student_page(
        [work_of(one) for one in graded],
        name=student.name,
        identity=student.id,
        draw=draw,
        steps=steps,
        languages=languages,
    )


def page_name(student: Student) -> str:
    """Return the file name of a student's page: short, plain ASCII, and no two students' the same.

    Examples
    --------
    >>> page_name(Student("al12", "Ada Lovelace"))
    'al12-10275acd.html'
    """
    plain = unicodedata.normalize("NFKD", student.id or student.name)
    stem = re.sub(r"[^A-Za-z0-9]+", "-", plain.encode("ascii", "ignore").decode()).strip("-")
    whole = f"{student.id}\0{student.name}"
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{stem[:_LONGEST_STEM].lower() or 'student'}-{digest[:8]}.html"


def work_of(graded: Graded) -> Work:
    """Return what a student sees of a grade; of a withheld one no result, for that has points."""
    grade, kept = graded.grade, graded.kept
    if kept is None or grade.standing == "withheld":
        return Work(
            exercise=grade.exercise,
            result=None,
            final_score=grade.final if "score" in grade.kinds else None,
            max_score=grade.max_score,
            standing=grade.standing,
            handed_in=kept is not None,
            told=for_student(grade),
        )
    costs = kept.lateness.percent > 0 and grade.final is not None
    decided = "score" in grade.kinds and grade.final is not None
    return Work(
        exercise=grade.exercise,
        result=decided_result(kept.result, grade) if kept.result else None,
        lateness=lateness_text(kept.lateness),
        final_score=grade.final if costs or decided else None,
        tries=[_try(one) for one in graded.records] if len(graded.records) > 1 else (),
        note=kept.note,
        max_score=grade.max_score,
        standing=grade.standing,
        told=for_student(grade),
        is_decided=decided,
    )


def lateness_text(late: Lateness) -> str:
    """Return how late something was handed in, and what that costs; empty where it is in time."""
    if not late.late:
        return ""
    if late.days and late.percent:
        return ngettext_lazy(
            "Handed in {count} day late: {percent:g} % off.",
            "Handed in {count} days late: {percent:g} % off.",
            late.days,
            percent=late.percent,
        )
    if late.days:
        return ngettext_lazy(
            "Handed in {count} day late.", "Handed in {count} days late.", late.days
        )
    if late.percent:
        return _("Handed in late: {percent:g} % off.", percent=late.percent)
    return _("Handed in late.")


def _try(record: Record) -> Try:
    result = record.result
    if result is None:
        score: str = _("could not be read")
    elif record.status != "graded":
        score = _("not graded")
    else:
        score = score_text(result.score, result.max_score)
        if result.by_hand:
            score = _("{score} so far", score=score)
    return Try(record.number, record.submitted, score, record.kept)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
