"""Arguments that a check passes by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.course import Course, find_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import Result
from grader.sandbox.isolation import resolve

RIGHT = """
def root(x, eps=1e-6, *, start=None):
    guess = start or x
    while abs(guess * guess - x) > eps:
        guess = (guess + x / guess) / 2
    return guess


def fill(values, *, by):
    return [by] * len(values)
"""
CHECKS = '''
import pytest


@pytest.mark.function("root")
@pytest.mark.points(1)
def test_root(student, reference):
    """A root, as exactly as asked for"""
    for eps in (1.0, 1e-3):
        assert student.root(3.0, eps=eps) == reference.root(3.0, eps=eps)
        assert student.root(3.0, start=2.0, eps=eps) == reference.root(3.0, eps, start=2.0)


@pytest.mark.function("fill")
@pytest.mark.points(1)
def test_fill(student, compare):
    """A list is filled, and the one that was given is kept"""
    assert student.fill([1, 2], by="a") == ["a", "a"]
    assert student.fill(values=[1, 2], by="b") == ["b", "b"]
    compare.kept_arguments(student)


@pytest.mark.function("fill")
@pytest.mark.points(1)
@pytest.mark.visible
def test_filled(student, compare):
    """One list"""
    compare.close(student.fill([1], by=2.5), [2.5])
'''


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("course")
    (folder / "exercises").mkdir()
    (folder / "solutions").mkdir()
    (folder / "exercises" / "course.toml").write_text(
        'name = "named"\ntitle = "Named"\npackages = ["numpy"]\n'
        '[exercises.one]\ntitle = "One"\n[exercises.one.points]\nroot = 1\nfill = 2\n'
    )
    (folder / "solutions" / "one.py").write_text(RIGHT)
    (folder / "solutions" / "check_one.py").write_text(CHECKS)
    return find_course(folder, Path(folder))


@pytest.fixture(scope="module")
def grader(course: Course) -> Iterator[Grader]:
    with Grader(course, resolve("basic")) as opened:
        yield opened


def graded(grader: Grader, course: Course, text: str) -> Result:
    submission = submission_from_bytes("one.py", text.encode())
    return grader.grade(submission, course.exercises[0], 0)


def test_arguments_by_name_reach_the_function(grader: Grader, course: Course) -> None:
    results = [graded(grader, course, RIGHT) for _ in range(4)]  # the last two are recalled
    assert [result.score for result in results] == [3.0] * 4


@pytest.mark.parametrize(
    ("old", "new", "check", "told", "cause"),
    [
        ("> eps", "> 0.5", 0, "root(3.0, eps=1.0) returned", ""),
        ("[by] * len(values)", "[3.0]", 2, "fill(values=[1], by=2.5)", ""),
        (
            "return [by]",
            "values[0] = by\n    return [by]",
            1,
            "The call changed its own values in place",
            "",
        ),
        (
            "eps=1e-6",
            "accuracy=1e-6",
            0,
            "root(x = 3, eps=1)",
            "no parameter is called `eps`: `root(x, accuracy, *, start)` should be"
            " `root(x, eps, *, start)`",
        ),
        (
            "(values, *, by)",
            "(values)",
            1,
            "fill(values (list of 2), by) raised an exception",
            "no parameter is called `by`: `fill(values)` should be `fill(values, *, by)`",
        ),
    ],
)
def test_what_is_told(
    grader: Grader, course: Course, old: str, new: str, check: int, told: str, cause: str
) -> None:
    text = RIGHT.replace(old, new).replace("> eps", "> accuracy" if "accuracy" in new else "> eps")
    found = graded(grader, course, text).checks[check]
    assert told in found.feedback
    assert cause in found.cause
