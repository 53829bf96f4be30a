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
    raise NotImplementedError("forward: put your own code here")


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
    raise NotImplementedError("gradient: put your own code here")


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
    raise NotImplementedError("train: put your own code here")


if __name__ == "__main__":
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    start = np.random.default_rng(1)
    weights = [start.normal(size=(2, 4)), start.normal(size=(4, 1))]
    biases = [np.zeros(4), np.zeros(1)]
    weights, biases, losses = train(X, Y, weights, biases, 5.0, 3000, 4, np.random.default_rng(0))
    print("losses", losses[0], "...", losses[-1])
    print("outputs", forward(X, weights, biases)[-1].round(2).ravel())
