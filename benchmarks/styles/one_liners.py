"""As little code as possible."""

import numpy as np

sigmoid = lambda z: 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    return (h := sigmoid(x @ weight_1 + bias[0])), sigmoid(h @ weight_2 + bias[1])


def gradient(x, target, weight_1, weight_2, bias):
    h, o = forward(x, weight_1, weight_2, bias)
    d = (o - target) * o * (1 - o)
    return np.outer(x, h * (1 - h) * (weight_2 @ d)), np.outer(h, d)


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    pairs = [(weight_1, gradient_1), (weight_2, gradient_2)]
    return tuple(w - learning_rate * g for w, g in pairs)


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = []
    for _ in range(steps):
        losses.append(sum((t - o) ** 2 for t, o in zip(target, forward(x, weight_1, weight_2, bias)[1])) / 2)
        weight_1, weight_2 = update(weight_1, weight_2, *gradient(x, target, weight_1, weight_2, bias), learning_rate)
    return weight_1, weight_2, losses
