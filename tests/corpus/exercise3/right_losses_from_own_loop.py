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
    delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)
    return np.outer(x, delta_1), np.outer(hidden, delta_2)


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    """Everything inline, without the functions above."""
    w1, w2 = weight_1, weight_2
    losses = np.full(steps, np.nan)
    for n in range(steps):
        a1 = 1 / (1 + np.exp(-(x @ w1 + bias[0])))
        a2 = 1 / (1 + np.exp(-(a1 @ w2 + bias[1])))
        e = a2 - target
        losses[n] = e @ e / 2
        d2 = e * a2 * (1 - a2)
        d1 = (w2 @ d2) * a1 * (1 - a1)
        w1, w2 = w1 - learning_rate * x[:, None] * d1, w2 - learning_rate * a1[:, None] * d2
    return w1, w2, losses
