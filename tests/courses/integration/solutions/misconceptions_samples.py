"""Mistakes that students make in the exercise samples."""

from grader.authoring import mistake, probe


@probe("trapezoid", returns="the area")
@probe("simpson", returns="the area")
def heights_and_width(rng):
    """Draw heights and how far they lie apart."""
    return rng.uniform(0.5, 9.0, 7).tolist(), float(rng.uniform(0.2, 0.8))


@mistake("trapezoid")
def ends_in_full(heights, width):
    """The heights are added up, ends and all

    {function} counts the first and the last height in full.

    Each end belongs to one trapezoid only, every other height to two.
    """
    return sum(heights) * width


@mistake("simpson")
def lines_for_parabolas(heights, width, *, reference):
    """The weights of the heights are those of the trapezoid rule

    {function} returns the area under straight lines.
    """
    return reference.trapezoid(heights, width)


@mistake("simpson")
def shared_heights_once(heights, width):
    """Neighbouring parabolas do not share their height

    {function} counts a height between two parabolas once, where it belongs to both.
    """
    return width / 3 * (sum(heights[::2]) + 4 * sum(heights[1::2]))
