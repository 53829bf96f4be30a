"""Every weight by its number, w1 to w8."""

import math

import numpy as np


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def forward(x, weight_1, weight_2, bias):
    w1, w2 = weight_1[0][0], weight_1[1][0]
    w3, w4 = weight_1[0][1], weight_1[1][1]
    w5, w6 = weight_2[0][0], weight_2[1][0]
    w7, w8 = weight_2[0][1], weight_2[1][1]
    h1 = sigmoid(w1 * x[0] + w2 * x[1] + bias[0])
    h2 = sigmoid(w3 * x[0] + w4 * x[1] + bias[0])
    o1 = sigmoid(w5 * h1 + w6 * h2 + bias[1])
    o2 = sigmoid(w7 * h1 + w8 * h2 + bias[1])
    return [h1, h2], [o1, o2]


def gradient(x, target, weight_1, weight_2, bias):
    (h1, h2), (o1, o2) = forward(x, weight_1, weight_2, bias)
    w5, w6 = weight_2[0][0], weight_2[1][0]
    w7, w8 = weight_2[0][1], weight_2[1][1]
    e1 = (o1 - target[0]) * o1 * (1 - o1)
    e2 = (o2 - target[1]) * o2 * (1 - o2)
    dw5 = e1 * h1
    dw6 = e1 * h2
    dw7 = e2 * h1
    dw8 = e2 * h2
    b1 = e1 * w5 + e2 * w7
    b2 = e1 * w6 + e2 * w8
    dw1 = b1 * h1 * (1 - h1) * x[0]
    dw2 = b1 * h1 * (1 - h1) * x[1]
    dw3 = b2 * h2 * (1 - h2) * x[0]
    dw4 = b2 * h2 * (1 - h2) * x[1]
    return np.array([[dw1, dw3], [dw2, dw4]]), np.array([[dw5, dw7], [dw6, dw8]])


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    w1 = weight_1[0][0] - learning_rate * gradient_1[0][0]
    w2 = weight_1[1][0] - learning_rate * gradient_1[1][0]
    w3 = weight_1[0][1] - learning_rate * gradient_1[0][1]
    w4 = weight_1[1][1] - learning_rate * gradient_1[1][1]
    w5 = weight_2[0][0] - learning_rate * gradient_2[0][0]
    w6 = weight_2[1][0] - learning_rate * gradient_2[1][0]
    w7 = weight_2[0][1] - learning_rate * gradient_2[0][1]
    w8 = weight_2[1][1] - learning_rate * gradient_2[1][1]
    return np.array([[w1, w3], [w2, w4]]), np.array([[w5, w7], [w6, w8]])


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = []
    for _ in range(steps):
        (o1, o2) = forward(x, weight_1, weight_2, bias)[1]
        losses.append((target[0] - o1) ** 2 / 2 + (target[1] - o2) ** 2 / 2)
        gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, gradient_1, gradient_2, learning_rate)
    return weight_1, weight_2, losses
