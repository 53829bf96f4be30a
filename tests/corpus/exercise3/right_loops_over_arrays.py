import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = np.zeros(2)
    output = np.zeros(2)
    for j in range(2):
        z = bias[0]
        for i in range(2):
            z += x[i] * weight_1[i, j]
        hidden[j] = sigmoid(z)
    for k in range(2):
        z = bias[1]
        for j in range(2):
            z += hidden[j] * weight_2[j, k]
        output[k] = sigmoid(z)
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    gradient_1 = np.zeros((2, 2))
    gradient_2 = np.zeros((2, 2))
    for k in range(2):
        delta = (output[k] - target[k]) * output[k] * (1 - output[k])
        for j in range(2):
            gradient_2[j, k] = hidden[j] * delta
            for i in range(2):
                gradient_1[i, j] += x[i] * hidden[j] * (1 - hidden[j]) * weight_2[j, k] * delta
    return gradient_1, gradient_2


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    new_1 = np.zeros((2, 2))
    new_2 = np.zeros((2, 2))
    for i in range(2):
        for j in range(2):
            new_1[i, j] = weight_1[i, j] - learning_rate * gradient_1[i, j]
            new_2[i, j] = weight_2[i, j] - learning_rate * gradient_2[i, j]
    return new_1, new_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = np.empty(steps)
    step = 0
    while step < steps:
        output = forward(x, weight_1, weight_2, bias)[1]
        losses[step] = ((target[0] - output[0]) ** 2 + (target[1] - output[1]) ** 2) / 2
        gradients = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, gradients[0], gradients[1], learning_rate)
        step += 1
    return weight_1, weight_2, losses
