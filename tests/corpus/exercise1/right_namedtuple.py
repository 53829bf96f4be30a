from typing import NamedTuple

import numpy as np


class Activations(NamedTuple):
    hidden: np.ndarray
    output: np.ndarray


def sigmoid(z):
    return 0.5 * (1 + np.tanh(z / 2))


def forward(x, weight_1, weight_2, bias) -> Activations:
    hidden = sigmoid(x @ weight_1 + bias[0])
    return Activations(hidden, sigmoid(hidden @ weight_2 + bias[1]))


def loss(output, target) -> float:
    return np.sum((target - output) ** 2, axis=-1) / 2
