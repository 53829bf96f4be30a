import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def loss(x, target, weight_1, weight_2, bias):
    _, output = forward(x, weight_1, weight_2, bias)
    return np.sum((target - output) ** 2) / 2


def gradient(x, target, weight_1, weight_2, bias):
    """Complex-step derivative: exact to rounding, no formulas to get wrong."""
    step = 1e-30
    weights = [weight_1.astype(complex), weight_2.astype(complex)]
    gradients = [np.zeros((2, 2)), np.zeros((2, 2))]
    for weight, result in zip(weights, gradients):
        for index in np.ndindex(2, 2):
            weight[index] += 1j * step
            result[index] = loss(x, target, *weights, bias).imag / step
            weight[index] -= 1j * step
    return gradients
