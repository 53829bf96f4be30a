import math

import numpy as np


def sigmoid(z):
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    return math.exp(z) / (1 + math.exp(z))


def forward(x, w1, w2, b):
    h1 = sigmoid(x[0] * w1[0][0] + x[1] * w1[1][0] + b[0])
    h2 = sigmoid(x[0] * w1[0][1] + x[1] * w1[1][1] + b[0])
    o1 = sigmoid(h1 * w2[0][0] + h2 * w2[1][0] + b[1])
    o2 = sigmoid(h1 * w2[0][1] + h2 * w2[1][1] + b[1])
    return np.array([h1, h2]), np.array([o1, o2])


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)
