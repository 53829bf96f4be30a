"""Checks of exercise 4: each of the faults in `step` has its own check, and its own points.

The entries on the diagonals show the gradients alone, since their update lines are right from the
start. The other entries of weight_1 are held against the gradient that the student's own diagonal
entry shows, so that a wrong path back is charged once. What was right from the start earns points
only once something has been repaired: the stub as it is gets none.
"""

import numpy as np
import pytest
from shared import LABELS, START, signed

STEP = ("weight_1", "weight_2", "loss")


def draw(rng):
    """Draw what `step` takes: no symmetry, and no sigmoid saturated."""
    weight_1, weight_2 = signed(rng, 0.2, 2.0, (2, 2, 2))
    x, target, bias = signed(rng, 0.3, 1.5), signed(rng, 1.2, 3.0), signed(rng, 0.1, 0.8)
    return x, target, weight_1, weight_2, bias, rng.uniform(0.3, 1.0)


def step(student, compare, case):
    """Return the student's new weights as arrays."""
    *weights, _ = compare.unpack(student.step(*case), *STEP)
    pairs = zip(weights, STEP, strict=False)
    return [compare.array(weight, (2, 2), name) for weight, name in pairs]


def check_entries(compare, layer, actual, right, *entries):
    """Compare some entries of a layer's new weights."""
    expected = actual.copy()
    for entry in entries:
        expected[entry] = right[entry]
    compare.close(actual, expected, names=STEP[layer], labels=LABELS[layer])


@pytest.mark.function("step")
@pytest.mark.points(2)
@pytest.mark.hint("w1 acts through hidden unit 0. Which weights lead on from there?")
def test_path_through_hidden_0(student, reference, rng, compare):
    """The error that comes back to hidden unit 0 takes both of its own paths"""
    for _ in range(3):
        case = draw(rng)
        weight_1, _ = step(student, compare, case)
        check_entries(compare, 0, weight_1, reference.step(*case)[0], (0, 0))


@pytest.mark.function("step")
@pytest.mark.points(2)
@pytest.mark.hint("w4 acts through hidden unit 1. Which weights lead on from there?")
def test_path_through_hidden_1(student, reference, rng, compare):
    """The error that comes back to hidden unit 1 takes both of its own paths"""
    for _ in range(3):
        case = draw(rng)
        weight_1, _ = step(student, compare, case)
        check_entries(compare, 0, weight_1, reference.step(*case)[0], (1, 1))


@pytest.mark.function("step")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("Read the lines that set new_2[1, 0] and new_2[0, 1] index by index.")
def test_weight_2_from_the_start_values(student, compare):
    """The first step from the start values gives the right weight_2"""
    right = np.array(
        [[0.5709088653747323, 0.7707567436363175], [0.9289641858971578, 0.8908073303129216]]
    )
    compare.close(
        step(student, compare, (*START, 0.5))[1], right, names="weight_2", labels=LABELS[1]
    )


@pytest.mark.function("step")
@pytest.mark.points(1.5)
@pytest.mark.hint("Which old weight does the new w6 start from?")
def test_w6_starts_from_itself(student, reference, rng, compare):
    """The new w6 starts from the old w6"""
    for _ in range(3):
        case = draw(rng)
        check_entries(compare, 1, step(student, compare, case)[1], reference.step(*case)[1], (1, 0))


@pytest.mark.function("step")
@pytest.mark.points(1.5)
@pytest.mark.hint("Which old weight does the new w7 start from, and is it still the old one there?")
def test_w7_starts_from_itself(student, reference, rng, compare):
    """The new w7 starts from the old w7"""
    for _ in range(3):
        case = draw(rng)
        check_entries(compare, 1, step(student, compare, case)[1], reference.step(*case)[1], (0, 1))


@pytest.mark.function("step")
@pytest.mark.points(2)
@pytest.mark.hint("Which old weights do the new w2 and w3 start from, and are those still old?")
def test_w2_and_w3_start_from_themselves(student, rng, compare):
    """The new w2 and w3 start from the old w2 and w3"""
    for _ in range(3):
        case = draw(rng)
        x, _, old, *_ = case
        actual, _ = step(student, compare, case)
        moved = np.diag(actual) - np.diag(old)
        compare.that((moved != 0).all(), "w1 and w4 have not moved at all.")
        right = np.empty((2, 2))
        right[1, 0] = old[1, 0] + moved[0] * x[1] / x[0]
        right[0, 1] = old[0, 1] + moved[1] * x[0] / x[1]
        check_entries(compare, 0, actual, right, (1, 0), (0, 1))


@pytest.mark.function("step")
@pytest.mark.points(2)
@pytest.mark.hint("Only indices were wrong: compare the other lines with the stub.")
def test_the_rest_is_still_right(student, reference, rng, compare):
    """A fault is repaired; the loss, w5 and w8 are right as before, and no argument is changed"""
    repaired = False
    for _ in range(3):
        case = draw(rng)
        *_, loss = compare.unpack(student.step(*case), *STEP)
        compare.kept_arguments(student)
        right_1, right_2, right_loss = reference.step(*case)
        compare.close(loss, right_loss, names="loss")
        new_1, new_2 = step(student, compare, case)
        check_entries(compare, 1, new_2, right_2, (0, 0), (1, 1))
        repaired |= bool(np.isclose(new_1, right_1).any() or np.isclose(new_2, right_2).sum() > 2)
    compare.that(repaired, "No fault has been repaired so far.")
