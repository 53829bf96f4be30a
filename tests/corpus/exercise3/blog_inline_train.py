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
    weight_1 = weight_1.copy()
    weight_2 = weight_2.copy()
    losses = []
    for _ in range(steps):
        hidden, output = forward(x, weight_1, weight_2, bias)
        losses.append(((target - output) ** 2).sum() / 2)
        d1 = (output[0] - target[0]) * output[0] * (1 - output[0])
        d2 = (output[1] - target[1]) * output[1] * (1 - output[1])
        h1 = hidden[0] * (1 - hidden[0])
        h2 = hidden[1] * (1 - hidden[1])
        w1 = (d1 * weight_2[0][0] + d2 * weight_2[1][0]) * h1 * x[0]
        w2 = (d1 * weight_2[0][0] + d2 * weight_2[1][0]) * h1 * x[1]
        w3 = (d1 * weight_2[0][1] + d2 * weight_2[1][1]) * h2 * x[0]
        w4 = (d1 * weight_2[0][1] + d2 * weight_2[1][1]) * h2 * x[1]

        weight_2[0][0] = weight_2[0][0] - learning_rate * d1 * hidden[0]
        weight_2[1][0] = weight_2[0][1] - learning_rate * d1 * hidden[1]
        weight_2[0][1] = weight_2[1][0] - learning_rate * d2 * hidden[0]
        weight_2[1][1] = weight_2[1][1] - learning_rate * d2 * hidden[1]

        weight_1[0][0] = weight_1[0][0] - learning_rate * w1
        weight_1[1][0] = weight_1[0][1] - learning_rate * w2
        weight_1[0][1] = weight_1[1][0] - learning_rate * w3
        weight_1[1][1] = weight_1[1][1] - learning_rate * w4
    return weight_1, weight_2, losses
