"""Values at the top level of a submission, asked for by checks as `student.answer`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.author.verify import Effort, verify
from grader.checking.compare import Compare
from grader.checking.student.shown import shown_value
from grader.comparison.check_failure import CheckFailure
from grader.course import load_course
from grader.course.stubs import make_stub
from grader.grading.grade import Grader
from grader.grading.submission import read_submission
from grader.result import Result
from grader.sandbox.isolation import resolve

COURSE = load_course(Path(__file__).parent / "courses" / "values")
EXERCISE = COURSE.exercise("numbers")
RIGHT = COURSE.reference(EXERCISE).read_text()


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(COURSE, resolve("basic")) as opened:
        yield opened


def graded(grader: Grader, folder: Path, text: str) -> Result:
    path = folder / "numbers.py"
    path.write_text(text)
    return grader.grade(read_submission(path), EXERCISE, 0)


def test_right_values_get_full_marks_in_a_file_and_in_a_notebook(
    grader: Grader, tmp_path: Path
) -> None:
    assert graded(grader, tmp_path, RIGHT).full_marks
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": text, "id": f"c{number}"}
        for number, text in enumerate(["answer = 1", RIGHT])
    ]
    path = tmp_path / "numbers.ipynb"
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook))
    assert grader.grade(read_submission(path), EXERCISE, 0).full_marks


@pytest.mark.parametrize(
    ("own", "check", "outcome", "told"),
    [
        ("answer = 41", 0, "failed", "answer is 41."),
        ("answer = 40; answer += 2", 0, "passed", ""),
        ("answer = None", 0, "not_implemented", "`answer` is None: it is not written yet."),
        ("answer = ...", 0, "not_implemented", "`answer` is not written yet."),
        ("del answer", 0, "not_implemented", "numbers.py sets no value `answer`"),
        ("del answer\nanswer = 6 / 0", 0, "error", "ZeroDivisionError"),
        ("answer = {43, 41}", 0, "failed", "answer is {41, 43}."),
        ("answer = {object()}", 0, "forbidden_value", "is a set that holds an object of type"),
        ("answer = object()", 0, "forbidden_value", "`answer` is an object of type object."),
        ("def answer(): return 42", 0, "forbidden_value", "`answer` is a function."),
        (
            "class Odd(int):\n  __eq__ = lambda *_: True\nanswer = Odd(3)",
            0,
            "failed",
            "answer is 3",
        ),
        ("primes = [2, 3]", 1, "failed", "primes is [2, 3]."),
        ("names = 3", 2, "failed", "names is a number where a text is needed."),
        ("names = 'Ada'", 2, "failed", "['Ada'] == ['Ada', 'Alan']"),
        (
            "grid = grid[0, 0]",
            4,
            "failed",
            "grid is one number; expected an array of shape (2, 3).",
        ),
        ("grid = grid.T", 4, "failed", "grid has shape (3, 2); expected shape (2, 3)."),
        ("ages = {}", 5, "failed", "ages is a dictionary whose keys are not those"),
        ("nothing = 0", 6, "failed", "nothing is 0."),
        ("del nothing", 6, "not_implemented", "sets no value `nothing`"),
        ("nothing = ...", 6, "not_implemented", "`nothing` is not written yet."),
        ("total = 3", 7, "not_implemented", "given to something that is not a function"),
    ],
)
def test_what_is_told_of_a_value(
    grader: Grader, tmp_path: Path, own: str, check: int, outcome: str, told: str
) -> None:
    found = graded(grader, tmp_path, f"{RIGHT}\n{own}\n").checks[check]
    assert (found.outcome.value, told in found.feedback) == (outcome, True), found.feedback
    if check < 2:
        assert "42" not in found.feedback
        assert "11" not in found.feedback


def test_a_value_is_the_same_recalled_and_asked_afresh(grader: Grader, tmp_path: Path) -> None:
    text = f"{RIGHT}\nanswer = 41\nprimes = 'none'\n"
    results = [graded(grader, tmp_path, text).checks for _ in range(4)]
    words = [[(check.outcome, check.feedback) for check in checks] for checks in results]
    assert all(each == words[0] for each in words)


def test_a_function_is_no_value(tmp_path: Path, grader: Grader) -> None:
    from grader.checking.student.student_proxy import StudentProxy

    student = StudentProxy(None, lambda _: ())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"student\.total is a function"):
        assert student.total == 42


def test_a_stub_asks_for_values(tmp_path: Path, grader: Grader) -> None:
    stub = make_stub(RIGHT, "numbers.py", EXERCISE)
    assert "answer = None  # put your own value here" in stub
    assert "42" not in stub
    assert graded(grader, tmp_path, stub).score == 0.0


def test_the_course_of_values_holds() -> None:
    effort = Effort(seeds=2, misconception_seeds=2, mutants=12, misconceptions=2)
    found = verify(COURSE, [EXERCISE], resolve("basic"), effort)
    assert found.exercises[0].faults == ()


@pytest.mark.parametrize(
    ("actual", "expected", "visible", "told"),
    [
        ({1, 2}, {2, 1}, False, ""),
        ({0.1 + 0.2}, {0.3}, False, ""),
        (frozenset("a"), {"a"}, False, ""),
        ({1, 4}, {1, 2}, False, "words lacks 1 of 2 elements.\nwords has 4, which does not belong"),
        ({"b", "a"}, set(), False, "words has 'a' and 'b', which do not belong to it."),
        (set(), {3, 20, 100}, True, "words lacks 3, 20 and 100."),
        (set(), set(range(9)), True, "words lacks 0, 1, 2, 3, 4, 5 and 3 more."),
        ([1, 2], {1, 2}, True, "words is a list of 2; a set is expected."),
        (None, {1}, True, "words is None (is a `return` missing?); a set is expected."),
        ({1}, np.ones(1), True, "words is a set of 1, which has no order; numbers are expected."),
    ],
)
def test_what_a_set_lacks_is_told(
    actual: object, expected: object, visible: bool, told: str
) -> None:
    said = ""
    try:
        Compare(visible).close(actual, expected, names="words")
    except CheckFailure as failure:
        said = str(failure)
    assert told in said
    assert bool(said) == bool(told)


def test_sets_are_shown_in_the_same_order_in_each_process() -> None:
    assert shown_value({"b", "a", 2, 10}) == "{2, 10, 'a', 'b'}"
    assert shown_value([set(), frozenset({1})]) == "[set(), frozenset({1})]"
