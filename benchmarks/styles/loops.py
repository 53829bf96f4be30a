"""Loops over every index, one number at a time."""

import math

import numpy as np


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = np.zeros(2)
    for j in range(2):
        total = bias[0]
        for i in range(2):
            total += x[i] * weight_1[i][j]
        hidden[j] = sigmoid(total)
    output = np.zeros(2)
    for k in range(2):
        total = bias[1]
        for j in range(2):
            total += hidden[j] * weight_2[j][k]
        output[k] = sigmoid(total)
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_out = []
    for k in range(2):
        error = output[k] - target[k]
        delta_out.append(error * output[k] * (1 - output[k]))
    delta_hid = []
    for j in range(2):
        back = 0.0
        for k in range(2):
            back += weight_2[j][k] * delta_out[k]
        delta_hid.append(back * hidden[j] * (1 - hidden[j]))
    grad_1 = np.zeros((2, 2))
    grad_2 = np.zeros((2, 2))
    for a in range(2):
        for b in range(2):
            grad_1[a, b] = x[a] * delta_hid[b]
            grad_2[a, b] = hidden[a] * delta_out[b]
    return grad_1, grad_2


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    new_1 = np.array(weight_1)
    new_2 = np.array(weight_2)
    for i in range(2):
        for j in range(2):
            new_1[i, j] = weight_1[i, j] - learning_rate * gradient_1[i, j]
            new_2[i, j] = weight_2[i, j] - learning_rate * gradient_2[i, j]
    return new_1, new_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        hidden, output = forward(x, weight_1, weight_2, bias)
        loss = 0.0
        for k in range(2):
            loss += (target[k] - output[k]) ** 2 / 2
        losses[step] = loss
        grad_1, grad_2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, grad_1, grad_2, learning_rate)
    return weight_1, weight_2, losses
