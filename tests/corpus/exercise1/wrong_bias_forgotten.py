import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -500, 500)))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(np.matmul(x, weight_1))
    output = sigmoid(np.matmul(hidden, weight_2))
    return hidden, output


def loss(output, target):
    error = output - target
    return 0.5 * error @ error
