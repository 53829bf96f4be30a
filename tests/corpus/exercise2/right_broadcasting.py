import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, w1, w2, b):
    h = sigmoid(x @ w1 + b[0])
    return h, sigmoid(h @ w2 + b[1])


def gradient(x, target, w1, w2, b):
    h, o = forward(x, w1, w2, b)
    d2 = (o - target) * o * (1 - o)
    d1 = (w2 * d2).sum(axis=1) * h * (1 - h)
    return x[:, None] * d1, h[:, None] * d2
