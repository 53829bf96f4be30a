"""Exercise 2: the gradients. The task is in exercise2.md."""

import numpy as np


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), entry by entry.

    Yours from exercise 1: it is here for `forward` to call, and earns no points again.
    """
    raise NotImplementedError("sigmoid: put your own code here")


def forward(x, weight_1, weight_2, bias):
    """Return the values of the hidden units and of the outputs, as in exercise 1.

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
    raise NotImplementedError("forward: put your own code here")


def gradient(x, target, weight_1, weight_2, bias):
    """Return how the loss changes with each weight: its derivative with respect to it.

    loss = ((target[0] - output[0])**2 + (target[1] - output[1])**2) / 2

    delta_2[k] = (output[k] - target[k]) * output[k] * (1 - output[k])
    gradient_2[j, k] = hidden[j] * delta_2[k]

    delta_1[j] = hidden[j] * (1 - hidden[j]) * (sum over k of weight_2[j, k] * delta_2[k])
    gradient_1[i, j] = x[i] * delta_1[j]

    delta_2[k] and delta_1[j] say how the loss changes with the sum that goes into the sigmoid of
    output k and of hidden unit j.

    Parameters
    ----------
    x : array of shape (2,)
        The inputs.
    target : array of shape (2,)
        What the outputs should be.
    weight_1, weight_2 : arrays of shape (2, 2)
        As in `forward`.
    bias : array of shape (2,)
        As in `forward`.

    Returns
    -------
    gradient_1 : array of shape (2, 2)
        gradient_1[i, j] is the derivative with respect to weight_1[i, j].
    gradient_2 : array of shape (2, 2)
        gradient_2[j, k] is the derivative with respect to weight_2[j, k].
    """
    raise NotImplementedError("gradient: put your own code here")


if __name__ == "__main__":
    x = np.array([0.99, 0.01])
    target = np.array([0.1, 0.89])
    weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
    weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
    bias = np.array([0.23, 0.79])

    gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)
    print("gradient_1", gradient_1, sep="\n")
    print("gradient_2", gradient_2, sep="\n")
