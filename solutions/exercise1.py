"""Exercise 1: the forward pass. The task is in exercise1.md."""

import numpy as np


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), entry by entry.

    Parameters
    ----------
    z : float or array of any shape
        Any size: at -1000 and at 1000 too, nothing overflows and no warning is given.

    Returns
    -------
    float or array of the shape of z
        Values from 0 to 1. `z` itself stays as it is.

    Examples
    --------
    >>> float(sigmoid(0.0))
    0.5
    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    # BEGIN SOLUTION
    z = np.asarray(z)
    small = np.exp(-np.abs(z))  # at most 1: the exponential of a large number never comes up
    return np.where(z >= 0, 1.0, small) / (1.0 + small)
    # END SOLUTION


def forward(x, weight_1, weight_2, bias):
    """Return the values of the hidden units and of the outputs.

    hidden[j] = sigmoid(sum over i of x[i] * weight_1[i, j] + bias[0])
    output[k] = sigmoid(sum over j of hidden[j] * weight_2[j, k] + bias[1])

    Parameters
    ----------
    x : array of shape (2,)
        The inputs.
    weight_1 : array of shape (2, 2)
        weight_1[i, j] joins input i to hidden unit j.
    weight_2 : array of shape (2, 2)
        weight_2[j, k] joins hidden unit j to output k.
    bias : array of shape (2,)
        bias[0] is added to both hidden units, bias[1] to both outputs.

    Returns
    -------
    hidden : array of shape (2,)
    output : array of shape (2,)
    """
    # BEGIN SOLUTION
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output
    # END SOLUTION


def loss(output, target):
    """Return half the sum of the squared errors.

    loss = ((target[0] - output[0])**2 + (target[1] - output[1])**2) / 2

    Parameters
    ----------
    output : array of shape (2,)
    target : array of shape (2,)

    Returns
    -------
    float
        One number, 0 where output and target agree.
    """
    # BEGIN SOLUTION
    return float(np.sum((target - output) ** 2) / 2)
    # END SOLUTION


if __name__ == "__main__":
    x = np.array([0.99, 0.01])
    target = np.array([0.1, 0.89])
    weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
    weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
    bias = np.array([0.23, 0.79])

    hidden, output = forward(x, weight_1, weight_2, bias)
    print("hidden", hidden)
    print("output", output)
    print("loss  ", loss(output, target))
