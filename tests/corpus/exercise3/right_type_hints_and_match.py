from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

type_of_array = NDArray[np.float64]
HALF: Final = 0.5


def sigmoid(z: type_of_array) -> type_of_array:
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias) -> tuple[type_of_array, type_of_array]:
    match bias:
        case [first, second]:
            hidden = sigmoid(x @ weight_1 + first)
            return hidden, sigmoid(hidden @ weight_2 + second)
        case _:
            bias_1, bias_2 = bias
            hidden = sigmoid(x @ weight_1 + bias_1)
            return hidden, sigmoid(hidden @ weight_2 + bias_2)


def gradient(x, target, weight_1, weight_2, bias) -> list[type_of_array]:
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)
    return [np.outer(x, delta_1), np.outer(hidden, delta_2)]


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate: float):
    return [weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2]


def train(x, target, weight_1, weight_2, bias, learning_rate: float, steps: int):
    losses: list[float] = []
    while len(losses) < steps:
        output = forward(x, weight_1, weight_2, bias)[1]
        losses.append(HALF * float(np.sum((target - output) ** 2)))
        gradients = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, *gradients, learning_rate)
    return [weight_1, weight_2, tuple(losses)]
