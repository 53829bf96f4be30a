"""Each misconception of the shipped course, handed in as a student would: it is charged and named.

The student's file is the reference with that one function replaced. All of them are graded in one
session with one warm host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from handed_in import authored, with_function
from thoroughness import thorough

from grader.author.programs import as_submission
from grader.authoring import Misconception
from grader.course import Course, Exercise, load_course
from grader.diagnosis.bug_library import read_book
from grader.diagnosis.diagnose import Options
from grader.grading.grade import Grader
from grader.grading.submission import Submission
from grader.result import Result, SubmissionInfo
from grader.sandbox.isolation import resolve

ROOT = Path(__file__).resolve().parent.parent
COURSE: Course = load_course(ROOT)

# Programs that no probe and no check tells apart: the one that is named instead, and why.
EQUIVALENT: Mapping[str, tuple[str, str]] = {}


EXERCISES = [exercise for exercise in COURSE.exercises if COURSE.misconceptions(exercise).is_file()]


BY_DEFAULT = {"exercise1"}
"""Exercise 3 is proved by default in tests/test_author_verify.py."""


def misconceptions(exercise: Exercise) -> Iterator[Misconception]:
    """Yield the exercise's misconceptions about functions that earn points there."""
    for function, items in read_book(COURSE, exercise).misconceptions.items():
        if exercise.points.get(function):
            yield from items


def submission(exercise: Exercise, item: Misconception) -> str:
    """Return the reference with one function replaced."""
    if item.edits:
        return as_submission(COURSE.reference(exercise).read_text("utf-8"), item)
    text = authored(Path(item.program.__code__.co_filename), item.id, item.function)
    return with_function(COURSE.reference(exercise), item.function, text)


def problems(item: Misconception, result: Result) -> Iterator[str]:
    """Yield what is not as it should be in the result of a misconception."""
    if result.status != "graded":
        yield "not graded"
    lost = {check.function for check in result.checks if check.points < check.max_points}
    if lost != {item.function}:
        yield f"points are lost in {sorted(lost)}, the mistake is in {item.function}"
    told = [diagnosis for check in result.checks for diagnosis in check.diagnosis]
    named, _reason = EQUIVALENT.get(item.id, (item.id, ""))
    if [(diagnosis.id, diagnosis.certainty) for diagnosis in told] != [(named, "exact")]:
        yield f"told: {[(diagnosis.id, diagnosis.certainty) for diagnosis in told]}"
    text = " ".join(diagnosis.title + diagnosis.message for diagnosis in told)
    authors = " ".join(item.texts)
    if values := numbers(text) - numbers(authors):
        yield f"expected values may be told: {values}"


def numbers(text: str) -> set[str]:
    """Return the numbers in a text that have many digits."""
    return set(re.findall(r"\d+\.\d{4,}", text))


@pytest.fixture(autouse=True)
def _named_by_values_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave repairs out, which have tests of their own and take their time."""
    monkeypatch.setattr("grader.diagnosis.diagnose.REPAIR_SECONDS", 0.0)


@pytest.mark.parametrize(
    "exercise",
    thorough(EXERCISES, but=lambda exercise: exercise.name in BY_DEFAULT),
    ids=lambda exercise: exercise.name,
)
def test_each_mistake_is_charged_once_and_named(exercise: Exercise) -> None:
    found: dict[str, list[str]] = {}
    with Grader(COURSE, resolve("basic"), Options()) as grader:
        for item in misconceptions(exercise):
            info = SubmissionInfo(f"{exercise.name}.py", "0" * 64, 0)
            result = grader.grade(Submission(info, submission(exercise, item)), exercise, 0)
            found[item.id] = list(problems(item, result))
    assert found
    assert {name: told for name, told in found.items() if told} == {}


def test_the_first_three_exercises_know_at_least_forty_mistakes() -> None:
    names = {item.id for exercise in EXERCISES[:3] for item in misconceptions(exercise)}
    assert len(names) >= 40
