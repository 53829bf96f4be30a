import numpy as np


def column(vector):
    return np.asarray(vector, dtype=float).reshape(-1, 1)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(weight_1.T @ column(x) + bias[0])
    output = sigmoid(weight_2.T @ hidden + bias[1])
    return hidden.flatten(), output.flatten()


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = map(column, forward(x, weight_1, weight_2, bias))
    delta_2 = (output - column(target)) * output * (1 - output)
    delta_1 = (weight_2 @ delta_2) * hidden * (1 - hidden)
    return column(x) @ delta_1.T, hidden @ delta_2.T


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    weights = np.stack([weight_1, weight_2])
    return weights - learning_rate * np.stack([gradient_1, gradient_2])


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = np.zeros((steps, 1))
    for step in range(steps):
        _, output = forward(x, weight_1, weight_2, bias)
        losses[step] = np.sum((target - output) ** 2) / 2
        weight_1, weight_2 = update(
            weight_1, weight_2, *gradient(x, target, weight_1, weight_2, bias), learning_rate
        )
    return weight_1, weight_2, losses.ravel()
