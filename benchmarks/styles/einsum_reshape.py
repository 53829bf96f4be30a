"""Matrices of one row or column, `einsum` and `reshape`."""

import numpy as np


def sigmoid(z):
    return np.where(z > 0, 1 / (1 + np.exp(-np.abs(z))), np.exp(-np.abs(z)) / (1 + np.exp(-np.abs(z))))


def forward(x, weight_1, weight_2, bias):
    row = np.reshape(x, (1, 2))
    hidden = sigmoid(row @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden.ravel(), output.ravel()


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    column = (output - target).reshape(2, 1)
    slope_out = (output * (1 - output)).reshape(2, 1)
    delta_out = column * slope_out
    back = np.einsum("jk,kn->jn", weight_2, delta_out)
    slope_hid = np.einsum("j,j->j", hidden, 1 - hidden).reshape(-1, 1)
    delta_hid = back * slope_hid
    first = np.einsum("i,jn->ij", x, delta_hid)
    second = hidden.reshape(2, 1) @ delta_out.T
    return first, second


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    both = np.stack([weight_1, weight_2])
    moves = np.stack([gradient_1, gradient_2])
    both = both - learning_rate * moves
    return both[0], both[1]


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = np.empty(steps)
    for step in range(steps):
        _, output = forward(x, weight_1, weight_2, bias)
        error = target - output
        losses[step] = np.einsum("k,k->", error, error) / 2
        first, second = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, first, second, learning_rate)
    return weight_1, weight_2, losses
