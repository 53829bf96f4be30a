"""Exercise 5: a gradient checker. The task is in exercise5.md."""

import numpy as np


def numerical_gradient(function, array, epsilon=1e-5):
    """Return the derivative of `function` by each entry of `array`, by central differences.

    For one entry a: (f(a + epsilon) - f(a - epsilon)) / (2 * epsilon), all others unchanged.

    Parameters
    ----------
    function : callable
        Takes an array of the same shape and returns one number.
    array : array of any shape
        Where to take the derivative. It stays as it is, and may hold whole numbers.
    epsilon : float
        How far each entry is moved, in both directions.

    Returns
    -------
    array of the same shape
    """
    raise NotImplementedError("numerical_gradient: put your own code here")


def check_gradient(loss_of, gradient_of, parameters):
    """Return whether `gradient_of` gives the gradient of `loss_of`, for every entry.

    A gradient may differ from the central differences by their rounding, which is about a
    hundred-thousandth of its largest entry, and by no more: an index that is mixed up, a sign, a
    factor, one entry of one array, all of that must be found.

    Parameters
    ----------
    loss_of : callable
        ``loss_of(parameters)`` returns the loss, one number, for a list of arrays.
    gradient_of : callable
        ``gradient_of(parameters)`` returns a list of arrays, the gradient for each.
    parameters : list of arrays
        Where to check: for example [weight_1, weight_2]. They stay as they are.

    Returns
    -------
    bool
        True where the gradient is right, False where any entry is wrong, not a number, or of
        the wrong shape.
    """
    raise NotImplementedError("check_gradient: put your own code here")


if __name__ == "__main__":
    at = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -0.5])]
    print("right:", check_gradient(lambda p: np.sum(p[0] ** 2), lambda p: [2 * p[0], 0 * p[1]], at))
    print("wrong:", check_gradient(lambda p: np.sum(p[0] ** 2), lambda p: [p[0], p[1]], at))
