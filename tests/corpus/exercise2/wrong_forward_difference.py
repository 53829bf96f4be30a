import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def loss(x, target, weight_1, weight_2, bias):
    return np.sum((target - forward(x, weight_1, weight_2, bias)[1]) ** 2) / 2


def gradient(x, target, weight_1, weight_2, bias):
    h = 0.001
    gradient_1 = np.zeros((2, 2))
    gradient_2 = np.zeros((2, 2))
    start = loss(x, target, weight_1, weight_2, bias)
    for i in range(2):
        for j in range(2):
            nudge = np.zeros((2, 2))
            nudge[i, j] = h
            gradient_1[i, j] = (loss(x, target, weight_1 + nudge, weight_2, bias) - start) / h
            gradient_2[i, j] = (loss(x, target, weight_1, weight_2 + nudge, bias) - start) / h
    return gradient_1, gradient_2
