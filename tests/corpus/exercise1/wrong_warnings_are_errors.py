import warnings

import numpy as np

warnings.simplefilter("error")


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-1.0 * z))


def forward(x, weight_1, weight_2, bias):
    z1 = np.dot(x, weight_1) + bias[0]
    a1 = sigmoid(z1)
    z2 = np.dot(a1, weight_2) + bias[1]
    a2 = sigmoid(z2)
    return a1, a2


def loss(output, target):
    error = output - target
    return 0.5 * error @ error
