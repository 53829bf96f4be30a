"""Hostile objects: the function that gives them earns nothing by it, the others keep their points.

Each file of tests/hostile/objects is put after the reference, in which it spoils what its first
line names.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from sandboxes import BY_DEFAULT, isolation
from thoroughness import thorough

from grader.checking.student.asked_objects import Placement
from grader.course import load_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import CheckResult
from grader.sandbox.isolation import resolve

FOLDER = Path(__file__).parent
FOUND = load_course(FOLDER / "courses" / "objects")
COURSE = replace(
    FOUND,
    exercises=tuple(
        replace(each, limits=replace(each.limits, call_seconds=1.0)) for each in FOUND.exercises
    ),
)
EXERCISE = COURSE.exercise("objects")
RIGHT = COURSE.reference(EXERCISE).read_text()
KIT = (FOLDER / "hostile" / "kit.py").read_text()
ATTACKS = sorted((FOLDER / "hostile" / "objects").glob("*.py"))
LIARS = ["equal_to_all", "number_by_its_methods"]


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(COURSE, resolve("basic")) as opened:
        yield opened


def graded(grader: Grader, attack: str) -> tuple[CheckResult, ...]:
    text = f"{RIGHT}\n{KIT}\n{attack}"
    return grader.grade(submission_from_bytes("objects.py", text.encode()), EXERCISE, 0).checks


@pytest.mark.parametrize(
    "path",
    # text_that_loops waits for a limit, too
    thorough(ATTACKS, but=lambda path: path.stem != "endless_iteration"),
    ids=lambda path: path.stem,
)
def test_nothing_is_gained_and_the_others_keep_their_points(grader: Grader, path: Path) -> None:
    text = path.read_text()
    function = text.partition("\n")[0].removeprefix("# ")
    for _ in range(2):  # the second time what is known of the check is used
        start = time.monotonic()
        checks = graded(grader, text)
        assert time.monotonic() - start < 300
        lost = {check.function for check in checks if check.points < check.max_points}
        assert lost == {function}
        assert all(check.outcome.value != "grader_error" for check in checks)
        assert all(len(check.feedback) < 5000 for check in checks)


SPY = """
class Liar:
    def __sub__(self, other):
        print("learned", other)
        return self
    __eq__ = __lt__ = __rsub__ = __sub__

def mean(values):
    return Liar()
"""


def test_an_object_is_not_told_what_it_is_compared_with(grader: Grader) -> None:
    submission = submission_from_bytes("objects.py", f"{RIGHT}\n{SPY}".encode())
    result = grader.grade(submission, EXERCISE, 0)
    assert "learned" not in result.output
    words = {check.feedback for check in result.checks if check.id.startswith("test_mean")}
    assert "mean(values (list of 3)) returned an object of type Liar." in words


def test_liars_earn_points_and_learn_where_objects_are_taken_for_values(grader: Grader) -> None:
    with mock.patch.object(Placement, "judge"):
        for name in LIARS:
            checks = graded(grader, (FOLDER / "hostile" / "objects" / f"{name}.py").read_text())
            assert "test_mean" in {each.id for each in checks if each.points}, name
        submission = submission_from_bytes("objects.py", f"{RIGHT}\n{SPY}".encode())
        assert "learned 4.0" in grader.grade(submission, EXERCISE, 0).output


@pytest.mark.parametrize("name", thorough(BY_DEFAULT, but=["strict"]))
def test_nothing_is_gained_behind_a_wall(name: str) -> None:
    quick = ["equal_to_all", "forged_handle", "stale_handle", "liar_by_kind"]
    with Grader(COURSE, isolation(name)) as walled:
        for attack in quick:
            text = (FOLDER / "hostile" / "objects" / f"{attack}.py").read_text()
            checks = graded(walled, text)
            lost = {check.function for check in checks if check.points < check.max_points}
            assert lost == {text.partition("\n")[0].removeprefix("# ")}, attack
