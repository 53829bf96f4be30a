import numpy as np


def sigmoid(z):
    return np.round(0.5 * (1 + np.tanh(np.asarray(z) / 2)), 4)


def forward(x, weight_1, weight_2, bias):
    hidden = 1 / (1 + np.exp(-(x @ weight_1 + bias[0])))
    output = 1 / (1 + np.exp(-(hidden @ weight_2 + bias[1])))
    return hidden, output


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)
