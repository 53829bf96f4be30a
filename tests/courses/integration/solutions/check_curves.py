"""Checks of the exercise curves."""

import math

import pytest


def draw(rng):
    """Draw where the stretch begins and ends, and the count of its pieces."""
    low = float(rng.uniform(-2.0, 2.0))
    return low, low + float(rng.uniform(0.5, 3.0)), int(rng.integers(2, 9))


@pytest.mark.function("nodes")
@pytest.mark.points(1)
@pytest.mark.visible
def test_nodes_of_the_example(student, compare):
    """The midpoints of 4 pieces from 0 to 8 are 1, 3, 5, 7"""
    compare.close(student.nodes(0.0, 8.0, 4), [1.0, 3.0, 5.0, 7.0], names="the midpoints")


@pytest.mark.function("nodes")
@pytest.mark.points(2)
def test_nodes(student, reference, rng, compare):
    """The midpoints of any pieces are right"""
    for _ in range(3):
        case = draw(rng)
        compare.close(student.nodes(*case), reference.nodes(*case), names="the midpoints")


@pytest.mark.function("integrate")
@pytest.mark.points(1)
@pytest.mark.visible
@pytest.mark.requires("nodes")
def test_integrate_a_line(student, compare):
    """The area under a line from 1 to 3 is right"""
    area = student.integrate(lambda x: 2 * x, 1.0, 3.0, 5)
    compare.close(area, 8.0, names="the area")


@pytest.mark.function("integrate")
@pytest.mark.points(4)
@pytest.mark.requires("nodes")
def test_integrate(student, reference, rng, compare):
    """The area under any curve is right"""
    for _ in range(3):
        turns, case = float(rng.uniform(0.5, 2.0)), draw(rng)

        def curve(x, turns=turns):
            return 2 + math.sin(turns * x)

        expected = reference.integrate(curve, *case)
        compare.close(student.integrate(curve, *case), expected, names="the area")
