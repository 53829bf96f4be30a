"""Numbers and names. The task is in numbers.md."""

# BEGIN SOLUTION
import numpy as np

answer = 6 * 7
primes = [2, 3, 5, 7, 11]
names: str = "Ada, Alan"
grid = np.arange(6).reshape(2, 3)
ages = {"Ada": 36}
# END SOLUTION
# BEGIN SOLUTION
# STUB: nothing = ...
nothing = None
# END SOLUTION


def total(values):
    """Return the sum of the values."""
    # BEGIN SOLUTION
    result = 0
    for value in values:
        result += value
    return result
    # END SOLUTION
