import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)

    # output layer
    d_o1 = (output[0] - target[0]) * output[0] * (1 - output[0])
    d_o2 = (output[1] - target[1]) * output[1] * (1 - output[1])
    w5 = d_o1 * hidden[0]
    w6 = d_o1 * hidden[1]
    w7 = d_o2 * hidden[0]
    w8 = d_o2 * hidden[1]

    # hidden layer
    d_h1 = hidden[0] * (1 - hidden[0])
    d_h2 = hidden[1] * (1 - hidden[1])
    w1 = (d_o1 * weight_2[0][0] + d_o2 * weight_2[1][0]) * d_h1 * x[0]
    w2 = (d_o1 * weight_2[0][0] + d_o2 * weight_2[1][0]) * d_h1 * x[1]
    w3 = (d_o1 * weight_2[1][0] + d_o2 * weight_2[1][1]) * d_h2 * x[0]
    w4 = (d_o1 * weight_2[1][0] + d_o2 * weight_2[1][1]) * d_h2 * x[1]
    return np.array([[w1, w3], [w2, w4]]), np.array([[w5, w7], [w6, w8]])
