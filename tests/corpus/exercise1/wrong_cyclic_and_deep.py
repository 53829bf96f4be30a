import numpy as np


def sigmoid(z):
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z)))


def forward(x, weight_1, weight_2, bias):
    result = [sigmoid(x @ weight_1 + bias[0])]
    result.append(result)
    return result


def loss(output, target):
    history = np.sum((target - output) ** 2) / 2
    for epoch in range(100_000):
        history = [history]
    return history
