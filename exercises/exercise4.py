"""Exercise 4: find the index faults. The task is in exercise4.md."""

import numpy as np


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), entry by entry."""
    return 1 / (1 + np.exp(-z))


def step(x, target, weight_1, weight_2, bias, learning_rate):
    """Return the weights after one step of training, and the loss before it.

    The code below runs, and the loss falls from step to step. It is wrong all the same: some
    indices are mixed up. Find them and put them right; nothing else needs to change.

    Parameters
    ----------
    x : array of shape (2,)
        The inputs.
    target : array of shape (2,)
        What the outputs should be.
    weight_1 : array of shape (2, 2)
        weight_1[i, j] joins input i to hidden unit j. It stays as it is.
    weight_2 : array of shape (2, 2)
        weight_2[j, k] joins hidden unit j to output k. It stays as it is.
    bias : array of shape (2,)
        bias[0] is added to both hidden units, bias[1] to both outputs.
    learning_rate : float

    Returns
    -------
    weight_1 : array of shape (2, 2)
        The new weights, from the gradients at the old ones.
    weight_2 : array of shape (2, 2)
    loss : float
        ((target[0] - output[0])**2 + (target[1] - output[1])**2) / 2, before the step.
    """
    old_1, old_2 = np.array(weight_1, dtype=float), np.array(weight_2, dtype=float)
    new_1, new_2 = old_1.copy(), old_2.copy()

    hidden = [0.0, 0.0]
    hidden[0] = sigmoid(x[0] * old_1[0, 0] + x[1] * old_1[1, 0] + bias[0])
    hidden[1] = sigmoid(x[0] * old_1[0, 1] + x[1] * old_1[1, 1] + bias[0])
    output = [0.0, 0.0]
    output[0] = sigmoid(hidden[0] * old_2[0, 0] + hidden[1] * old_2[1, 0] + bias[1])
    output[1] = sigmoid(hidden[0] * old_2[0, 1] + hidden[1] * old_2[1, 1] + bias[1])
    loss = ((target[0] - output[0]) ** 2 + (target[1] - output[1]) ** 2) / 2

    delta_0 = (output[0] - target[0]) * output[0] * (1 - output[0])
    delta_1 = (output[1] - target[1]) * output[1] * (1 - output[1])

    # the errors on their way back to hidden units 0 and 1
    back_0 = delta_0 * old_2[0, 0] + delta_1 * old_2[1, 0]
    back_1 = delta_0 * old_2[0, 1] + delta_1 * old_2[1, 1]
    slope_0 = hidden[0] * (1 - hidden[0])
    slope_1 = hidden[1] * (1 - hidden[1])

    # one line for each weight, w1 to w8
    new_1[0, 0] = new_1[0, 0] - learning_rate * back_0 * slope_0 * x[0]
    new_1[1, 0] = new_1[0, 1] - learning_rate * back_0 * slope_0 * x[1]
    new_1[0, 1] = new_1[1, 0] - learning_rate * back_1 * slope_1 * x[0]
    new_1[1, 1] = new_1[1, 1] - learning_rate * back_1 * slope_1 * x[1]
    new_2[0, 0] = new_2[0, 0] - learning_rate * delta_0 * hidden[0]
    new_2[1, 0] = new_2[0, 1] - learning_rate * delta_0 * hidden[1]
    new_2[0, 1] = new_2[1, 0] - learning_rate * delta_1 * hidden[0]
    new_2[1, 1] = new_2[1, 1] - learning_rate * delta_1 * hidden[1]
    return new_1, new_2, loss


if __name__ == "__main__":
    x = np.array([0.99, 0.01])
    target = np.array([0.1, 0.89])
    weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
    weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
    bias = np.array([0.23, 0.79])
    for _ in range(100):
        weight_1, weight_2, loss = step(x, target, weight_1, weight_2, bias, 0.5)
    print("loss", loss)
    print("weight_1", weight_1, sep="\n")
    print("weight_2", weight_2, sep="\n")
