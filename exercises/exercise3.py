"""Exercise 3: the whole step. The task is in exercise3.md."""

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
    """Return how the loss changes with each weight, as in exercise 2.

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


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    """Return the weights after one step against the gradients.

    new weight_1[i, j] = weight_1[i, j] - learning_rate * gradient_1[i, j]
    new weight_2[j, k] = weight_2[j, k] - learning_rate * gradient_2[j, k]

    Parameters
    ----------
    weight_1, weight_2 : arrays of shape (2, 2)
        They stay as they are: the new weights are new arrays.
    gradient_1, gradient_2 : arrays of shape (2, 2)
        As `gradient` returns them.
    learning_rate : float

    Returns
    -------
    weight_1 : array of shape (2, 2)
    weight_2 : array of shape (2, 2)
    """
    raise NotImplementedError("update: put your own code here")


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    """Return the weights after `steps` updates, and the loss before each of them.

    In each step: the loss at the present weights, the gradients of both layers at the present
    weights, then the update. The biases are not trained.

    Parameters
    ----------
    x : array of shape (2,)
        The inputs, the same in every step.
    target : array of shape (2,)
        What the outputs should be.
    weight_1, weight_2 : arrays of shape (2, 2)
        The weights to begin with. They stay as they are.
    bias : array of shape (2,)
        As in `forward`.
    learning_rate : float
    steps : int
        How many updates; with 0 the weights come back as they were, and losses is empty.

    Returns
    -------
    weight_1 : array of shape (2, 2)
    weight_2 : array of shape (2, 2)
    losses : array of shape (steps,)
        losses[0] is the loss before the first update, at the weights given.
    """
    raise NotImplementedError("train: put your own code here")


if __name__ == "__main__":
    x = np.array([0.99, 0.01])
    target = np.array([0.1, 0.89])
    weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
    weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
    bias = np.array([0.23, 0.79])

    weight_1, weight_2, losses = train(x, target, weight_1, weight_2, bias, 0.5, 100)
    print("losses  ", losses[:3], "...", losses[-1])
    print("weight_1", weight_1, sep="\n")
    print("weight_2", weight_2, sep="\n")
