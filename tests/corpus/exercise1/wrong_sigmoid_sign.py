import numpy as np


def sigmoid(z):
    # the exponent should be negative
    return 1 / (1 + np.exp(np.clip(z, -500, 500)))


def activate(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = activate(x @ weight_1 + bias[0])
    output = activate(hidden @ weight_2 + bias[1])
    return hidden, output


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)
