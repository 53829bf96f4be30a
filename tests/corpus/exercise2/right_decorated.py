import functools
import time

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def checked(function):
    @functools.wraps(function)
    def wrapper(*arguments):
        start = time.perf_counter()
        result = function(*arguments)
        timings.append(time.perf_counter() - start)
        assert all(np.all(np.isfinite(array)) for array in result)
        return result

    return wrapper


timings = []


@checked
def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


@checked
def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)
    return np.outer(x, delta_1), np.outer(hidden, delta_2)
