"""Mistakes that students make in the exercise curves."""

import math

from grader.authoring import misconception, probe


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


@misconception(
    "nodes",
    title="The pieces begin at these points",
    explain="{function} returns where each piece begins, not its middle.",
)
def left_ends(low, high, pieces):
    """Return the left ends."""
    width = (high - low) / pieces
    return [low + number * width for number in range(pieces)]


@misconception(
    "integrate",
    title="The width of a piece is missing",
    explain="{function} returns the sum of the heights: it is to be multiplied by the width.",
)
def sum_of_heights(function, low, high, pieces, *, reference):
    """Return the sum of the heights."""
    return sum(function(node) for node in reference.nodes(low, high, pieces))
