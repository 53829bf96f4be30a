import math

import numpy as np


def logistic(net):
    return 1 / (1 + math.exp(-net))


def activate(inputs, weights, bias):
    outputs = []
    for neuron in range(2):
        net = bias
        for i in range(2):
            net += weights[i][neuron] * inputs[i]
        outputs.append(logistic(net))
    return outputs


def forward(x, w_hidden, w_out, bias):
    hidden = activate(x, w_hidden, bias[0])
    out = activate(hidden, w_out, bias[1])
    return np.array(hidden), np.array(out)


def gradient(x, desired, w_hidden, w_out, bias):
    hidden, out = forward(x, w_hidden, w_out, bias)
    out_deltas = [0.0] * 2
    for k in range(2):
        out_deltas[k] = (out[k] - desired[k]) * out[k] * (1 - out[k])
    hidden_deltas = [0.0] * 2
    for j in range(2):
        error = 0.0
        for k in range(2):
            error += out_deltas[k] * w_out[j][k]
        hidden_deltas[j] = error * hidden[j] * (1 - hidden[j])
    change_hidden = np.zeros((2, 2))
    change_out = np.zeros((2, 2))
    for j in range(2):
        for k in range(2):
            change_out[j][k] = out_deltas[k] * hidden[j]
    for i in range(2):
        for j in range(2):
            change_hidden[i][j] = out_deltas[j] * x[i]  # wrong
    return change_hidden, change_out


def update(w_hidden, w_out, change_hidden, change_out, rate):
    new_hidden = np.array(w_hidden)
    new_out = np.array(w_out)
    for i in range(2):
        for j in range(2):
            new_hidden[i][j] -= rate * change_hidden[i][j]
            new_out[i][j] -= rate * change_out[i][j]
    return new_hidden, new_out


def train(x, desired, w_hidden, w_out, bias, rate, iterations):
    errors = []
    for _ in range(iterations):
        hidden, out = forward(x, w_hidden, w_out, bias)
        errors.append(sum((d - o) ** 2 for d, o in zip(desired, out)) / 2)
        changes = gradient(x, desired, w_hidden, w_out, bias)
        w_hidden, w_out = update(w_hidden, w_out, changes[0], changes[1], rate)
    return w_hidden, w_out, errors
