"""Checks and diagnosis see the same in a value: numbers, groups, equality but for rounding."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.checking.compare import Compare
from grader.comparison import values
from grader.comparison.check_failure import CheckFailure
from grader.diagnosis.observation import fit, make_call, odd_shape

FLOATS = st.floats(-1e6, 1e6) | st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan])
ARRAYS = arrays.arrays(
    st.sampled_from(["f8", "f4", "i8", "u1", "?", "c16"]),
    arrays.array_shapes(min_dims=0, max_dims=3, max_side=3),
)
SCALARS = FLOATS | st.integers(-(2**40), 2**40) | st.booleans()
LEAVES = SCALARS | ARRAYS | st.none() | st.text(max_size=3)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple),
    max_leaves=6,
)
EXPECTED = st.recursive(
    FLOATS | st.booleans() | ARRAYS.filter(lambda array: array.dtype.kind != "c"),
    lambda inner: st.lists(inner, min_size=1, max_size=3).map(tuple),
    max_leaves=4,
)


def passes(actual: Any, expected: Any) -> bool:
    try:
        Compare(visible=True).close(actual, expected)
    except CheckFailure:
        return False
    return True


def fits(actual: Any, expected: Any) -> bool:
    found, right = fit(actual, expected), fit(expected, expected)
    assert right is not None
    return found is not None and all(
        bool(values.agree(one, other).all()) for one, other in zip(found, right, strict=True)
    )


@given(VALUES, EXPECTED)
def test_what_a_check_passes_is_what_a_diagnosis_holds_to_be_right(
    actual: Any, expected: Any
) -> None:
    assert passes(actual, expected) == fits(actual, expected)


@given(EXPECTED)
def test_a_value_is_as_it_should_be_for_both(expected: Any) -> None:
    assert passes(values.copied(expected), expected)
    assert fits(values.copied(expected), expected)


@given(EXPECTED, st.floats(-0.9, 0.9))
def test_rounding_is_no_difference(expected: Any, share: float) -> None:
    def moved(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(map(moved, value))
        array = np.asarray(value)
        if array.dtype.kind != "f" or array.dtype == "f4":
            return value
        other = array * (1 + share * 1e-9)
        return np.where(np.isinf(other), array, other)[()]  # the largest numbers have no neighbour

    with np.errstate(all="ignore"):
        other = moved(expected)
    assert passes(other, expected)
    assert fits(other, expected)
    assert values.same(other, expected)


@pytest.mark.parametrize("value", [True, np.True_, np.array([True]), [True, False], np.array(True)])
def test_a_bool_is_no_number(value: Any) -> None:
    assert values.numbers(value) is None
    assert values.real_numbers(value) is None
    assert not passes(value, np.asarray(value, dtype=float))
    assert not fits(value, np.asarray(value, dtype=float))
    assert passes(value, value)
    assert fits(value, np.asarray(value))
    assert values.same(value, np.asarray(value, dtype=float))  # as an argument it is as good


def test_a_structure_tells_bools_from_numbers() -> None:
    found = odd_shape((True, np.array([0.0, 2.0]), np.array([True, False])))
    assert found is not None
    assert found[0] == "()? (2,) (2,)?"
    assert found[1].tolist() == [1, 0, 2, 1, 0]
    assert odd_shape([True, False]) != odd_shape([1, 0])
    assert odd_shape((True, "text")) is None


@pytest.mark.parametrize("value", [None, "1", b"1", {"a": 1}, [1, None], [[1], [1, 2]], object()])
def test_what_is_made_of_other_things_is_no_number(value: Any) -> None:
    assert values.numbers(value) is None
    assert values.real_numbers(value) is None
    assert not passes(value, 1.0)
    assert not fits(value, 1.0)


@given(VALUES, VALUES)
def test_equal_fingerprints_are_those_of_equal_values(left: Any, right: Any) -> None:
    one, other = values.fingerprint(left), values.fingerprint(right)
    assert one is not None
    assert one == values.fingerprint(values.copied(left))
    if one == other:
        assert repr(left) == repr(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1, 1.0),
        (1, True),
        (0.0, -0.0),
        ([1.0], (1.0,)),
        ([1.0], np.array([1.0])),
        (np.float64(1.0), 1.0),
        (np.zeros(2), np.zeros((2, 1))),
        (np.zeros(2), np.zeros(2, dtype="f4")),
        (np.arange(6.0).reshape(2, 3), np.asfortranarray(np.arange(6.0).reshape(2, 3))),
        (b"1", "1"),
    ],
)
def test_what_a_function_can_tell_apart_has_another_fingerprint(left: Any, right: Any) -> None:
    assert values.fingerprint(left) != values.fingerprint(right)


@pytest.mark.parametrize(
    "value", [len, {"a": 1}, [len], np.array([None]), np.random.default_rng(1)]
)
def test_what_cannot_be_told_has_no_fingerprint(value: Any) -> None:
    assert values.fingerprint(value) is None


def test_a_list_that_is_changed_in_place_is_seen() -> None:
    def change(numbers: list[float], array: Any, other: Any) -> float:
        numbers[0] = 5.0
        array[0] = 5.0
        return float(other[0])

    call = make_call(change, ([1.0, 2.0], np.ones(2), np.ones(2)))
    assert call.changed == {0, 1}


@given(VALUES)
def test_a_copy_is_another_value_all_through(value: Any) -> None:
    def mutable(part: Any) -> list[int]:
        if isinstance(part, list | tuple):
            own = [id(part)] if isinstance(part, list) else []
            return own + [each for item in part for each in mutable(item)]
        return [id(part)] if isinstance(part, np.ndarray) else []

    copy = values.copied(value)
    assert not set(mutable(copy)) & set(mutable(value))
    assert values.fingerprint(copy) == values.fingerprint(value)


@given(st.lists(FLOATS, max_size=4))
def test_size_counts_bytes(numbers: list[float]) -> None:
    assert values.size(numbers) == 8 * len(numbers) == values.size(np.array(numbers))


@pytest.mark.parametrize(("wrong", "told"), [(1e-6, True), (1.0, False)])
def test_a_narrow_type_is_told_where_it_explains_the_difference(wrong: float, told: bool) -> None:
    found = (np.array([1.0, 2.0]) + wrong).astype(np.float32)
    with pytest.raises(CheckFailure) as caught:
        Compare(False).close(found, np.array([1.0, 2.0]))
    assert ("computed in float32" in str(caught.value)) == told
