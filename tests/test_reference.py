"""The reference as checks see it: it remembers what it has returned, and nothing else changes."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from grader.checking.fixtures import generator_for
from grader.checking.reference import Remembered
from grader.errors import CourseError


@pytest.fixture
def calls() -> list[Any]:
    return []


@pytest.fixture
def reference(calls: list[Any]) -> Remembered:
    module = ModuleType("reference")

    def double(value: Any) -> Any:
        calls.append(value)
        return value * 2, [1.0, None]

    def clear(array: Any) -> Any:
        calls.append(array)
        array[:] = 0
        return array.copy()

    module.__dict__.update(double=double, clear=clear, steps=3, __file__=None)
    return Remembered(module)


def test_equal_calls_are_made_once(reference: Any, calls: list[Any]) -> None:
    first = reference.double(np.array([1.0, 2.0]))
    first[0][:] = -1
    first[1].append("changed")
    second = reference.double(np.array([1.0, 2.0]))
    assert len(calls) == 1
    np.testing.assert_array_equal(second[0], [2.0, 4.0])
    assert second[1] == [1.0, None]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (0.0, -0.0),
        (np.array([1.0]), np.array([1])),
        (np.array([1.0, 2.0]), np.array([[1.0, 2.0]])),
        (np.eye(2)[:, :1], np.eye(2)[:1].T.copy()),
        (np.float64(2.0), 2.0),
    ],
)
def test_other_calls_are_made(reference: Any, calls: list[Any], one: Any, other: Any) -> None:
    for value in (one, other):
        reference.double(value)
    assert [type(call) for call in calls] == [type(one), type(other)]


def test_what_cannot_be_told_apart_is_not_remembered(reference: Any, calls: list[Any]) -> None:
    array = np.ones(3)
    reference.clear(array)
    assert not array.any()
    other = np.ones(3)
    reference.clear(other)
    assert not other.any()
    for _ in range(2):
        reference.double(np.ones(1000))
        reference.double(value=2)
    assert len(calls) == 5
    assert reference.steps == 3


def test_generators_of_a_check_do_not_depend_on_what_ran_before() -> None:
    first = generator_for(3, "course", "check")
    drawn, child = first.random(), first.spawn(1)[0].random()
    again = generator_for(3, "course", "check")
    assert (again.random(), again.spawn(1)[0].random()) == (drawn, child)
    assert generator_for(4, "course", "check").random() != drawn


def test_a_cell_that_the_reference_lacks_is_the_authors_mistake(reference: Any) -> None:
    with pytest.raises(CourseError) as caught:
        reference.after("nowhere")
    assert caught.value.message == "the reference has no cell `nowhere`"
    assert "`# %% nowhere`" in caught.value.remedy
