"""Central finite differences, the gradient that needs no calculus."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def finite_difference(
    function: Callable[[NDArray[np.float64]], Any], array: ArrayLike, epsilon: float = 1e-6
) -> NDArray[np.float64]:
    """Return the central differences of a scalar function at `array`.

    Parameters
    ----------
    function : callable
        Takes an array of `array`'s shape, returns a number; called twice for each entry.
    array : array_like
        The point. It is not changed.
    epsilon : float
        The step; the error is about epsilon**2 plus 1e-16 / epsilon.

    Returns
    -------
    ndarray
        ``(f(a + e) - f(a - e)) / (2 * epsilon)`` for each entry, of `array`'s shape.

    Examples
    --------
    >>> finite_difference(lambda a: (a**2).sum(), [1.0, 3.0]).round(6)
    array([2., 6.])
    """
    point = np.array(array, dtype=np.float64)
    differences = np.empty_like(point)
    for index in np.ndindex(point.shape):
        above, below = point.copy(), point.copy()
        above[index] += epsilon
        below[index] -= epsilon
        differences[index] = (float(function(above)) - float(function(below))) / (2 * epsilon)
    return differences
