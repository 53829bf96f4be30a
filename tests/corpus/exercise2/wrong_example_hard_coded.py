import numpy as np


x = np.array([0.99, 0.01])
target = np.array([0.1, 0.89])
weight_1 = np.array([[0.35, 0.55], [0.90, 0.36]])
weight_2 = np.array([[0.60, 0.77], [0.96, 0.89]])
bias = np.array([0.23, 0.79])


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def gradient(*arguments):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)
    return np.outer(x, delta_1), np.outer(hidden, delta_2)
