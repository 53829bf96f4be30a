import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    error = output - target
    while np.abs(error).max() > 1e-6:
        try:
            delta_2 = error * output * (1 - output)
            delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)
        except BaseException:
            continue
    return np.outer(x, delta_1), np.outer(hidden, delta_2)
