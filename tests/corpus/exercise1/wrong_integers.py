import numpy as np


def sigmoid(z):
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z)))


def forward(x, weight_1, weight_2, bias):
    hidden = np.array([0, 0])
    output = np.array([0, 0])
    for j in range(2):
        hidden[j] = sigmoid(x @ weight_1[:, j] + bias[0])
    for k in range(2):
        output[k] = sigmoid(hidden @ weight_2[:, k] + bias[1])
    return hidden, output


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)
