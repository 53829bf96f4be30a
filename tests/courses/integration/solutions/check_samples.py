"""Checks of the exercise samples."""

import pytest

CURVE = [1.0, 2.5, 4.0, 3.0, 0.5]


def draw(rng):
    """Draw an odd count of heights, and how far they lie apart."""
    return rng.uniform(0.5, 9.0, 2 * rng.integers(2, 5) + 1).tolist(), float(rng.uniform(0.2, 0.8))


@pytest.mark.function("trapezoid")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.hint("How many pieces are there between five points?")
def test_trapezoid_of_the_example(student, compare):
    """The area under the example's lines is right"""
    compare.close(student.trapezoid(CURVE, 2.0), 20.5, names="the area")


@pytest.mark.function("trapezoid")
@pytest.mark.points(3)
def test_trapezoid(student, reference, rng, compare):
    """The area under any lines is right"""
    for _ in range(3):
        case = draw(rng)
        compare.close(student.trapezoid(*case), reference.trapezoid(*case), names="the area")


@pytest.mark.function("simpson")
@pytest.mark.points(2)
@pytest.mark.visible
@pytest.mark.hint("Which heights are middles, and which belong to two parabolas?")
def test_simpson_of_the_example(student, compare):
    """The area under the example's parabolas is right"""
    compare.close(student.simpson(CURVE, 3.0), 31.5, names="the area")


@pytest.mark.function("simpson")
@pytest.mark.points(2)
@pytest.mark.parametrize("pieces", [2, 4, 8])
def test_simpson(student, reference, rng, compare, pieces):
    """The area under any parabolas is right"""
    heights = rng.uniform(0.5, 9.0, pieces + 1).tolist()
    compare.close(student.simpson(heights, 0.7), reference.simpson(heights, 0.7), names="the area")
