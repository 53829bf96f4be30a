import numpy as np


def forward(x, weight_1, weight_2, bias):
    # sigmoid(z) = (1 + tanh(z / 2)) / 2
    hidden = 0.5 + 0.5 * np.tanh(0.5 * (x @ weight_1 + bias[0]))
    output = 0.5 + 0.5 * np.tanh(0.5 * (hidden @ weight_2 + bias[1]))
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    # with t = tanh(z / 2) the derivative of the sigmoid is (1 - t**2) / 4
    hidden, output = forward(x, weight_1, weight_2, bias)
    t_1, t_2 = 2 * hidden - 1, 2 * output - 1
    delta_2 = (output - target) * (1 - t_2**2) / 4
    delta_1 = (weight_2 @ delta_2) * (1 - t_1**2) / 4
    return np.outer(x, delta_1), np.outer(hidden, delta_2)


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return tuple(w - learning_rate * g for w, g in ((weight_1, gradient_1), (weight_2, gradient_2)))


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    def one_step():
        nonlocal weight_1, weight_2
        output = forward(x, weight_1, weight_2, bias)[1]
        gradients = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, *gradients, learning_rate)
        return 0.5 * np.sum((output - target) ** 2)

    losses = [one_step() for _ in range(steps)]
    return weight_1, weight_2, losses
