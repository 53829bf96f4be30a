"""Forward pass, notes from the lecture: $\sigma(z) = 1 / (1 + e^{-z})$"""
import numpy as np


def sigmoid(z):
    """$\sigma(z)$, \in (0, 1)"""
    return 0.5 * (1 + np.tanh(z / 2))


def forward(x, weight_1, weight_2, bias):
    """$h = \sigma(x \cdot W_1 + b_1)$"""
    hidden = sigmoid(x.dot(weight_1) + bias[0])
    return hidden, sigmoid(hidden.dot(weight_2) + bias[1])


def loss(output, target):
    """$E = \sum_k (t_k - o_k)^2 / 2$"""
    return np.sum((target - output) ** 2) / 2
