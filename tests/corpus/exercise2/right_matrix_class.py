import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(np.asmatrix(x) * weight_1 + bias[0])
    output = sigmoid(hidden * np.asmatrix(weight_2) + bias[1])
    return hidden.A1, output.A1


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = (np.asmatrix(a) for a in forward(x, weight_1, weight_2, bias))
    delta_2 = np.multiply(output - target, np.multiply(output, 1 - output))
    delta_1 = np.multiply(delta_2 * np.asmatrix(weight_2).T, np.multiply(hidden, 1 - hidden))
    return np.asmatrix(x).T * delta_1, hidden.T * delta_2
