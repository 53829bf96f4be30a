"""Mistakes that students make in the exercise curves."""

import math

from grader.authoring import mistake, probe


@probe("nodes", returns="the midpoints")
def stretch(rng):
    """Draw where the stretch begins and ends, and the count of its pieces."""
    low = float(rng.uniform(-2.0, 2.0))
    return low, low + float(rng.uniform(0.5, 3.0)), 4


@probe("integrate", returns="the area")
def curve_and_stretch(rng):
    """Draw a curve and a stretch."""
    turns = float(rng.uniform(0.5, 2.0))
    return (lambda x: 2 + math.sin(turns * x), *stretch(rng))


@mistake("nodes", edit={"(number + 0.5)": "number"})
def left_ends():
    """The pieces begin at these points

    {function} returns where each piece begins, not its middle.
    """


@mistake("integrate")
def sum_of_heights(function, low, high, pieces, *, reference):
    """The width of a piece is missing

    {function} returns the sum of the heights: it is to be multiplied by the width.
    """
    return sum(function(node) for node in reference.nodes(low, high, pieces))
