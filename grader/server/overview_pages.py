"""The pages of a whole class, from the database: those that a batch makes of its results."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Final

from django.urls import reverse

from grader.batch.similar_work import (
    SimilarGroup,
    SimilarStudent,
    SimilarSubmission,
    groups_of,
    work_of,
)
from grader.course import Course, Exercise
from grader.decisions.final_grade import FinalGrade
from grader.language import gettext_lazy as _
from grader.report.pages.class_page import class_page
from grader.report.pages.counting import count
from grader.report.pages.recurring import recurring
from grader.report.pages.rows import Handing, Row, row
from grader.report.pages.similar_page import shown_groups, similar_page
from grader.report.pages.words import page_languages
from grader.server.access import students_in
from grader.server.batched import batched
from grader.server.courses import course_of, read_course
from grader.server.grades import ExerciseGrade, exercise_grades, with_kept
from grader.server.models import Attempt, Person, ServedCourse
from grader.server.results import documents
from grader.similarity.comparison import ComparedWork

_AT_ONCE: Final = 50

# what was worked out before, in this process: rows by the number of the person and the exercise
_rows: dict[tuple[int, int, str], tuple[FinalGrade, int | None, Row]] = {}
_groups: dict[tuple[int, str, str], tuple[tuple[int | str, ...], tuple[SimilarGroup, ...]]] = {}


def page_of(kind: str, served: ServedCourse, section: str) -> str:
    """Return the class page, or that of similar work; nothing where nothing is alike.

    Raises
    ------
    CourseError
        The course cannot be used.
    """
    people = [one.person for one in students_in(served, section)]
    if kind == "similar":
        return _similar(served, section, people)
    return _class(served, people)


def _class(served: ServedCourse, people: Sequence[Person]) -> str:
    course = course_of(served)
    rows: list[Row] = []
    handings: list[Handing] = []
    numbers = {one.username: one.pk for one in people}
    for some in batched(exercise_grades(served, people), _AT_ONCE * len(course.exercises)):
        rows += _rows_of(served, some, numbers)
        handings += _handings(course, some)
    return class_page(
        count(rows, handings),
        course.title,
        (),
        repairs=recurring(rows, course),
        languages=page_languages(course),
        live=True,
    )


def _rows_of(
    served: ServedCourse, some: Sequence[ExerciseGrade], numbers: dict[str, int]
) -> Iterator[Row]:
    """Give the rows of grades; what has not changed since the last time is not read again."""
    keys = [(served.pk, numbers[one.grade.student.id], one.grade.exercise) for one in some]
    states = [(one.grade, one.kept.result if one.kept else None) for one in some]
    new = [
        number
        for number, key in enumerate(keys)
        if key not in _rows or _rows[key][:2] != states[number]
    ]
    graded = with_kept(served, [some[number] for number in new])
    for number, one in zip(new, graded, strict=True):
        person, exercise = keys[number][1:]
        address = reverse("grade", args=[served.name, person, exercise])
        made = row(one, address)
        kept = some[number].kept
        if kept is not None and kept.status == "waiting":
            made = replace(made, reason=_("waits to be graded"))
        _rows[keys[number]] = (*states[number], made)
    return (_rows[key][2] for key in keys)


def _handings(course: Course, some: Iterable[ExerciseGrade]) -> Iterator[Handing]:
    for exercise_grade in some:
        most = exercise_grade.grade.max_score
        for one in exercise_grade.attempts:
            handed_in = one.attempt.handed_in.astimezone(course.time_zone or UTC)
            share = one.score / most if one.score is not None and most else None
            yield Handing(
                exercise_grade.grade.student,
                exercise_grade.grade.exercise,
                one.attempt.number,
                handed_in.replace(tzinfo=None),
                share,
            )


def _similar(served: ServedCourse, section: str, people: Sequence[Person]) -> str:
    course = course_of(served)
    groups: list[SimilarGroup] = []
    for exercise in course.exercises:
        groups += _groups_in(served, section, people, course, exercise)
    if not groups:
        return ""
    pages = {
        (one.username, str(one)): reverse("desk", args=[served.name], query={"who": one.username})
        for one in people
    }
    shown = shown_groups(groups)
    return similar_page(shown, course.title, pages, page_languages(course), live=True)


def _groups_in(
    served: ServedCourse,
    section: str,
    people: Sequence[Person],
    course: Course,
    exercise: Exercise,
) -> tuple[SimilarGroup, ...]:
    """Return what is alike in an exercise, compared again only where something else counts."""
    kept = [
        one
        for one in exercise_grades(served, people, exercise.name)
        if one.kept and one.kept.result
    ]
    results = [one.kept.result or 0 for one in kept if one.kept]
    made_of: tuple[int | str, ...] = (*results, read_course(served).stamp)
    key = (served.pk, section, exercise.name)
    if key not in _groups or _groups[key][0] != made_of:
        found = list(_works(kept))
        _groups[key] = made_of, tuple(groups_of(exercise, found, course))
    return _groups[key][1]


def _works(kept: Iterable[ExerciseGrade]) -> Iterator[tuple[SimilarSubmission, ComparedWork]]:
    for some in batched(kept, _AT_ONCE):
        attempts = [one.kept for one in some]
        read = documents([one.result for one in attempts if one and one.result])
        wanted = [one.attempt.pk for one in attempts if one]
        files = dict(Attempt.objects.filter(pk__in=wanted).values_list("pk", "content"))
        for exercise_grade, one in zip(some, attempts, strict=True):
            if one is None or one.result is None:
                continue
            work = work_of(one.attempt.file_name, bytes(files[one.attempt.pk]), read[one.result])
            if work is not None:
                student = exercise_grade.grade.student
                author = SimilarStudent(student.id, student.name)
                yield (
                    SimilarSubmission(
                        (author,), f"{student.id}/{one.attempt.file_name}", work.text
                    ),
                    work,
                )
