"""Areas under a curve that is known at some points. The task is in samples.md."""


def trapezoid(heights, width):
    """Return the area under straight lines from each height to the next."""
    # BEGIN SOLUTION
    area = 0.0
    for place in range(len(heights) - 1):
        area += (heights[place] + heights[place + 1]) / 2 * width
    return area
    # END SOLUTION


def simpson(heights, width):
    """Return the area under parabolas through three heights each."""
    # BEGIN SOLUTION
    area = 0.0
    for place in range(0, len(heights) - 2, 2):
        left, middle, right = heights[place : place + 3]
        area += width / 3 * (left + 4 * middle + right)
    return area
    # END SOLUTION
