import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, w1, w2, b):
    h = sigmoid(x @ w1)
    o = sigmoid(h @ w2)
    return h, o


def gradient(x, target, w1, w2, b):
    h, o = forward(x, w1, w2, b)
    d2 = (o - target) * o * (1 - o)
    d1 = (d2 @ w2.T) * h * (1 - h)
    return np.outer(x, d1), np.outer(h, d2)
