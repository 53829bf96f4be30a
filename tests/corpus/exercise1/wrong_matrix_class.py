import numpy as np


def sigmoid(z):
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


def forward(x, weight_1, weight_2, bias):
    hidden = np.matrix(sigmoid(np.matrix(x) * np.matrix(weight_1) + bias[0]))
    output = np.matrix(sigmoid(hidden * np.matrix(weight_2) + bias[1]))
    return hidden, output


def loss(output, target):
    return np.sum(np.power(target - output, 2)) / 2
