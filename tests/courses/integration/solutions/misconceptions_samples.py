"""Mistakes that students make in the exercise samples."""

from grader.authoring import misconception, probe


@probe("trapezoid", returns="the area")
@probe("simpson", returns="the area")
def heights_and_width(rng):
    """Draw heights and how far they lie apart."""
    return rng.uniform(0.5, 9.0, 7).tolist(), float(rng.uniform(0.2, 0.8))


@misconception(
    "trapezoid",
    title="The heights are added up, ends and all",
    explain="{function} counts the first and the last height in full.",
    advice="Each end belongs to one trapezoid only, every other height to two.",
)
def ends_in_full(heights, width):
    """Return width times the sum of all heights."""
    return sum(heights) * width


@misconception(
    "simpson",
    title="The weights of the heights are those of the trapezoid rule",
    explain="{function} returns the area under straight lines.",
)
def lines_for_parabolas(heights, width, *, reference):
    """Return what the other rule gives."""
    return reference.trapezoid(heights, width)


@misconception(
    "simpson",
    title="Neighbouring parabolas do not share their height",
    explain="{function} counts a height between two parabolas once, where it belongs to both.",
)
def shared_heights_once(heights, width):
    """Return the sum with weights 1, 4, 1, 4, ..., 1."""
    return width / 3 * (sum(heights[::2]) + 4 * sum(heights[1::2]))
