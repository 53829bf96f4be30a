import threading

import numpy as np


def sigmoid(z):
    return lambda: 0.5 * (1 + np.tanh(z / 2))


def forward(x, weight_1, weight_2, bias):
    return np, threading.Lock()


def loss(output, target):
    return {0: np.sum((target - output) ** 2) / 2}
