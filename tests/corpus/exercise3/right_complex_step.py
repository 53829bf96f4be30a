import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def loss(x, target, weight_1, weight_2, bias):
    error = target - forward(x, weight_1, weight_2, bias)[1]
    return np.sum(error * error) / 2


def gradient(x, target, weight_1, weight_2, bias):
    gradient_1 = np.zeros((2, 2))
    gradient_2 = np.zeros((2, 2))
    for index in np.ndindex(2, 2):
        step = np.zeros((2, 2), dtype=complex)
        step[index] = 1e-100j
        gradient_1[index] = loss(x, target, weight_1 + step, weight_2, bias).imag / 1e-100
        gradient_2[index] = loss(x, target, weight_1, weight_2 + step, bias).imag / 1e-100
    return gradient_1, gradient_2


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        losses[step] = loss(x, target, weight_1, weight_2, bias)
        gradients = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, *gradients, learning_rate)
    return weight_1, weight_2, losses
