"""Exercise 6: any depth, mini-batches, biases. The task is in exercise6.md."""

import numpy as np


def sigmoid(z):
    """Return 1 / (1 + exp(-z)), entry by entry."""
    return 1 / (1 + np.exp(-z))


def forward(X, weights, biases):
    """Return the values of every layer for all samples at once.

    activations[0] = X
    activations[l + 1] = sigmoid(activations[l] @ weights[l] + biases[l])

    Parameters
    ----------
    X : array of shape (n, d)
        One sample a row.
    weights : list of arrays
        weights[l][i, j] joins unit i of layer l to unit j of layer l + 1.
    biases : list of arrays
        biases[l][j] is added to unit j of layer l + 1.

    Returns
    -------
    activations : list of arrays, one more than there are weights
        activations[l] has shape (n, units of layer l); the last holds the outputs.
    """
    # BEGIN SOLUTION
    activations = [X]
    for weight, bias in zip(weights, biases, strict=True):
        activations.append(sigmoid(activations[-1] @ weight + bias))
    return activations
    # END SOLUTION


def gradient(X, Y, weights, biases):
    """Return how the loss changes with each weight and each bias.

    loss = mean over the samples of (sum over the outputs of (output - target)**2) / 2

    For the last layer delta = (output - Y) * output * (1 - output) / n; for each layer before it
    delta_l = activations[l] * (1 - activations[l]) * (delta_next @ weights[l].T).

    Parameters
    ----------
    X : array of shape (n, d)
    Y : array of shape (n, outputs)
        What the outputs should be.
    weights, biases : lists of arrays
        As in `forward`.

    Returns
    -------
    weight_gradients : list of arrays of the shapes of `weights`
    bias_gradients : list of arrays of the shapes of `biases`
    """
    # BEGIN SOLUTION
    activations = forward(X, weights, biases)
    weight_gradients, bias_gradients = [], []
    output = activations[-1]
    delta = (output - Y) * output * (1 - output) / len(X)
    for layer in reversed(range(len(weights))):
        weight_gradients.insert(0, activations[layer].T @ delta)
        bias_gradients.insert(0, delta.sum(axis=0))
        slope = activations[layer] * (1 - activations[layer])
        delta = slope * (delta @ weights[layer].T)
    return weight_gradients, bias_gradients
    # END SOLUTION


def train(X, Y, weights, biases, learning_rate, steps, batch_size, rng):
    """Return weights and biases after `steps` updates, and the loss before each of them.

    In each step: the loss over all of X at the present weights; a batch, the samples numbered
    ``rng.permutation(len(X))[:batch_size]``; the gradients for that batch; the update of all
    weights and biases.

    Parameters
    ----------
    X, Y, weights, biases
        As in `gradient`. All of them stay as they are.
    learning_rate : float
    steps : int
    batch_size : int
    rng : numpy.random.Generator
        Drawn from once in each step.

    Returns
    -------
    weights, biases : lists of arrays
    losses : array of shape (steps,)
        The loss over all samples before each update.
    """
    # BEGIN SOLUTION
    losses = np.empty(steps)
    for step in range(steps):
        output = forward(X, weights, biases)[-1]
        losses[step] = np.sum((output - Y) ** 2) / (2 * len(X))
        batch = rng.permutation(len(X))[:batch_size]
        weight_gradients, bias_gradients = gradient(X[batch], Y[batch], weights, biases)
        weights = [w - learning_rate * g for w, g in zip(weights, weight_gradients, strict=True)]
        biases = [b - learning_rate * g for b, g in zip(biases, bias_gradients, strict=True)]
    return weights, biases, losses
    # END SOLUTION


if __name__ == "__main__":
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    start = np.random.default_rng(1)
    weights = [start.normal(size=(2, 4)), start.normal(size=(4, 1))]
    biases = [np.zeros(4), np.zeros(1)]
    weights, biases, losses = train(X, Y, weights, biases, 5.0, 3000, 4, np.random.default_rng(0))
    print("losses", losses[0], "...", losses[-1])
    print("outputs", forward(X, weights, biases)[-1].round(2).ravel())
