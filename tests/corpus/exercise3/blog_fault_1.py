import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    d1 = (output[0] - target[0]) * output[0] * (1 - output[0])
    d2 = (output[1] - target[1]) * output[1] * (1 - output[1])

    g = np.zeros((2, 2))
    g[0][0] = d1 * hidden[0]    # w5
    g[1][0] = d1 * hidden[1]    # w6
    g[0][1] = d2 * hidden[0]    # w7
    g[1][1] = d2 * hidden[1]    # w8

    f = np.zeros((2, 2))
    f[0][0] = (d1 * weight_2[0][0] + d2 * weight_2[1][0]) * hidden[0] * (1 - hidden[0]) * x[0]    # w1
    f[1][0] = (d1 * weight_2[0][0] + d2 * weight_2[1][0]) * hidden[0] * (1 - hidden[0]) * x[1]    # w2
    f[0][1] = (d1 * weight_2[1][0] + d2 * weight_2[1][1]) * hidden[1] * (1 - hidden[1]) * x[0]    # w3
    f[1][1] = (d1 * weight_2[1][0] + d2 * weight_2[1][1]) * hidden[1] * (1 - hidden[1]) * x[1]    # w4
    return f, g


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        _, output = forward(x, weight_1, weight_2, bias)
        losses[step] = np.sum((target - output) ** 2) / 2
        gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, gradient_1, gradient_2, learning_rate)
    return weight_1, weight_2, losses
