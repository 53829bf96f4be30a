"""Exercise 3 as a well-known blog has it, index by index. It converges all the same."""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta = (output - target) * output * (1 - output)
    gradient_1 = np.zeros((2, 2))
    gradient_2 = np.zeros((2, 2))
    gradient_2[0][0] = delta[0] * hidden[0]
    gradient_2[0][1] = delta[1] * hidden[0]
    gradient_2[1][0] = delta[0] * hidden[1]
    gradient_2[1][1] = delta[1] * hidden[1]

    back_0 = delta[0] * weight_2[0][0] + delta[1] * weight_2[1][0]
    back_1 = delta[0] * weight_2[0][1] + delta[1] * weight_2[1][1]
    gradient_1[0][0] = back_0 * hidden[0] * (1 - hidden[0]) * x[0]
    gradient_1[1][0] = back_0 * hidden[0] * (1 - hidden[0]) * x[1]
    gradient_1[0][1] = back_1 * hidden[1] * (1 - hidden[1]) * x[0]
    gradient_1[1][1] = back_1 * hidden[1] * (1 - hidden[1]) * x[1]
    return gradient_1, gradient_2


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    weight_1, weight_2 = weight_1.copy(), weight_2.copy()
    for weight, gradient in ((weight_1, gradient_1), (weight_2, gradient_2)):
        weight[0][0] = weight[0][0] - learning_rate * gradient[0][0]
        weight[1][0] = weight[0][1] - learning_rate * gradient[1][0]
        weight[0][1] = weight[1][0] - learning_rate * gradient[0][1]
        weight[1][1] = weight[1][1] - learning_rate * gradient[1][1]
    return weight_1, weight_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = []
    for _ in range(steps):
        _, output = forward(x, weight_1, weight_2, bias)
        losses.append(np.sum((target - output) ** 2) / 2)
        gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, gradient_1, gradient_2, learning_rate)
    return weight_1, weight_2, np.array(losses)
