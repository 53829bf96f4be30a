"""What a student takes along: the report of an attempt, the file, or everything at once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse

from grader.batch.records import Student
from grader.course import Course
from grader.decisions.results import Graded
from grader.gradebook.feedback_zip import Page
from grader.grading.submission import is_notebook
from grader.language import enumerated, translated
from grader.report.arrangement import grader_failures, score_text
from grader.report.pages.folder import work_of
from grader.report.pages.student_page import Work, student_page
from grader.report.pages.words import page_languages
from grader.server import access, grades
from grader.server.access import Visit, attempt_for, exercise_for
from grader.server.courses import course_of, read_course
from grader.server.grades import ExerciseGrade, StandingAttempt, result_of
from grader.server.models import Attempt, ServedCourse
from grader.server.showing import Disclosure, as_shown, score_shown, shown_to, shown_to_student
from grader.text.tables import table_text

_AT_ONCE: Final = 20
_COLUMNS = ("exercise", "attempt", "handed_in", "status", "score", "counts", "file")


@access.member
def report(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Show the report of an attempt: the page that `check --html` makes."""
    exercise_grade, one = exercise_grade_of(visit, attempt_for(visit, number))
    if one.result is None or shown_to(visit, exercise_grade).is_withheld:
        raise Http404
    return own_policy(_page(visit, course_of(visit.course), exercise_grade, one))


@access.member
def download(request: HttpRequest, visit: Visit, number: int) -> HttpResponse:
    """Give back what was handed in, as a file that no browser runs, or as a zip of several."""
    one = attempt_for(visit, number)
    if one.beside_sha256:
        return zip_answer(_with_beside(one).items(), f"{one.exercise}-{one.number}.zip")
    answer = HttpResponse(bytes(one.content), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{_name(one)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@access.member
def everything(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Give all that somebody has handed in, with the reports and a table of it, as a zip."""
    return zip_answer(_own_files(visit), f"{visit.course.name}.zip")


def exercise_grade_of(visit: Visit, attempt: Attempt) -> tuple[ExerciseGrade, StandingAttempt]:
    """Return the grade that an attempt belongs to, and its place there.

    Raises
    ------
    Http404
        The course does not have the exercise any more.
    """
    exercise = exercise_for(visit, attempt.exercise).name
    [exercise_grade] = grades.exercise_grades(visit.course, [attempt.person], exercise)
    return exercise_grade, next(
        one for one in exercise_grade.attempts if one.attempt.pk == attempt.pk
    )


def score_told(exercise_grade: ExerciseGrade, own: StandingAttempt, told: Disclosure) -> str:
    """Return the score of an attempt, or as much of it as is told yet."""
    if own.score is None or told.is_withheld:
        return ""
    if told.has_scores:
        return score_text(own.score, exercise_grade.grade.max_score)
    full = result_of(own)
    result = as_shown(full, told) if full else None
    if result is None or not result.checks:
        return ""
    return score_shown(result, told)


def failures_told(visit: Visit, one: StandingAttempt) -> tuple[str, ...]:
    """Return why the grader failed on an attempt, to who teaches; nothing where it has not."""
    result = result_of(one) if visit.teaches and one.status == "ungraded" else None
    return grader_failures(result) if result else ()


def beside_told(attempt: Attempt) -> str:
    """Return the paths of the files that were handed in beside an attempt, in words."""
    if not attempt.beside_sha256:
        return ""
    return translated(enumerated(attempt.beside.order_by("pk").values_list("path", flat=True)))


def zip_answer(files: Iterable[tuple[str, bytes | str]], name: str) -> HttpResponse:
    """Return files as a zip to download."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            archive.writestr(path, data)
    return zip_file(memory.getvalue(), name)


def zip_file(data: bytes, name: str) -> HttpResponse:
    """Return a zip to download."""
    answer = HttpResponse(data, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _own_files(visit: Visit) -> Iterator[tuple[str, bytes | str]]:
    course = course_of(visit.course)
    rows = []
    for exercise_grade in grades.exercise_grades(visit.course, [visit.person]):
        told = shown_to(visit, exercise_grade)
        for one in exercise_grade.attempts:
            name, files = _stored(Attempt.objects.get(pk=one.attempt.pk))
            yield from files
            if one.result is not None and not told.is_withheld:
                yield f"{name}.html", _page(visit, course, exercise_grade, one)
            rows.append(_row(one, name, exercise_grade, told))
    known = [one.name for one in course.exercises]
    gone = Attempt.objects.filter(course=visit.course, person=visit.person).order_by("pk")
    for attempt in gone.exclude(exercise__in=known).iterator(_AT_ONCE):
        name, files = _stored(attempt)
        yield from files
        at = attempt.handed_in.isoformat(" ", "seconds")
        rows.append((attempt.exercise, str(attempt.number), at, "", "", "", name))
    yield "attempts.csv", table_text(_COLUMNS, rows)


def _stored(own: Attempt) -> tuple[str, list[tuple[str, bytes]]]:
    """Return where in the zip an attempt stands, and its files by their paths there."""
    if not own.beside_sha256:
        name = f"{own.exercise}/{_file(own)}"
        return name, [(name, bytes(own.content))]
    folder = f"{own.exercise}/{own.number}"  # of its own, where they can be imported
    files = [(f"{folder}/{path}", content) for path, content in _with_beside(own).items()]
    return f"{folder}/{_name(own)}", files


def _row(
    one: StandingAttempt, name: str, exercise_grade: ExerciseGrade, told: Disclosure
) -> tuple[str, ...]:
    return (
        one.attempt.exercise,
        str(one.attempt.number),
        one.attempt.handed_in.isoformat(" ", "seconds"),
        "withheld" if told.is_withheld else one.status,
        "" if one.score is None or not told.has_scores else f"{one.score:g}",
        "yes" if one is exercise_grade.kept and told.has_scores else "",
        name,
    )


def _with_beside(one: Attempt) -> dict[str, bytes]:
    """Return what was handed in by the paths that it can be graded with in a folder."""
    return {**dict(one.files_beside), _name(one): bytes(one.content)}


def _name(one: Attempt) -> str:
    return f"{one.exercise}-{_file(one)}"


def _file(one: Attempt) -> str:
    return f"{one.number}{'.ipynb' if is_notebook(one.file_name) else '.py'}"


def _page(visit: Visit, course: Course, exercise_grade: ExerciseGrade, one: StandingAttempt) -> str:
    graded = grades.with_record(visit.course, exercise_grade, one)
    result = graded.records[0].result
    work = work_of(graded) if graded.kept else Work(one.attempt.exercise, result)
    # who teaches sees it all the same
    if graded.kept and exercise_grade.grade.standing == "withheld":
        work = Work(one.attempt.exercise, result)
    return student_page(
        [_as_shown(work, shown_to(visit, exercise_grade))],
        name=one.attempt.file_name,
        draw=read_course(visit.course).drawings.draw,
        languages=page_languages(course),
    )


def pages_for_students(served: ServedCourse, exercise_grades: Iterable[ExerciseGrade]) -> Page:
    """Return what draws a student's page for feedback: with what they may read now, no more."""
    draw, languages = read_course(served).drawings.draw, page_languages(course_of(served))
    told = {id(one.grade): shown_to_student(served, one) for one in exercise_grades}

    def drawn(student: Student, own: Sequence[Graded]) -> str:
        works = [_as_shown(work_of(one), told[id(one.grade)]) for one in own]
        return student_page(
            works, name=student.name, identity=student.id, draw=draw, languages=languages
        )

    return drawn


def _as_shown(work: Work, told: Disclosure) -> Work:
    if not told.has_scores:
        work = replace(work, final_score=None, is_decided=False)
    return replace(work, result=as_shown(work.result, told)) if work.result else work


def own_policy(text: str) -> HttpResponse:
    """Return a page that stands alone: its style and script are named by its own policy."""
    answer = HttpResponse(text)
    _, _, rest = text.partition('http-equiv="Content-Security-Policy" content="')
    policy = rest.partition('"')[0].replace("&#39;", "'")
    answer["Content-Security-Policy"] = f"{policy}; frame-ancestors 'self'"
    return answer
