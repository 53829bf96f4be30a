import os
import sys

import numpy as np


def sigmoid(z):
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z)))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def loss(output, target):
    for _ in range(8_000):
        print("x" * 4000, file=sys.stderr)
    return float(np.sum((target - output) ** 2) / 2)
