import numpy as np

np.seterr(all="raise")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    z1 = np.dot(x, weight_1) + bias[0]
    a1 = sigmoid(z1)
    z2 = np.dot(a1, weight_2) + bias[1]
    a2 = sigmoid(z2)
    return a1, a2


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)
