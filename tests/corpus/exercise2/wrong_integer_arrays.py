import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    gradient_1 = np.zeros((2, 2), dtype=int)
    gradient_2 = np.zeros((2, 2), dtype=int)
    for j in range(2):
        back = 0
        for k in range(2):
            delta = (output[k] - target[k]) * output[k] * (1 - output[k])
            gradient_2[j, k] = hidden[j] * delta
            back += weight_2[j, k] * delta
        for i in range(2):
            gradient_1[i, j] = x[i] * hidden[j] * (1 - hidden[j]) * back
    return gradient_1, gradient_2
