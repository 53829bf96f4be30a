import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = (1 - hidden ** 2) * (weight_2 @ delta_2)
    gradient_1 = np.outer(x, delta_1)
    gradient_2 = np.outer(hidden, delta_2)
    return gradient_1, gradient_2
