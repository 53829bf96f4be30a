import numpy as np


def sigmoid(z):
    z = np.asarray(z, dtype=float)
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias)
    output = sigmoid(hidden @ weight_2 + bias)
    return hidden, output


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)
