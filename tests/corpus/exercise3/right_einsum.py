import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(np.einsum("i,ij->j", x, weight_1) + bias[0])
    output = sigmoid(np.einsum("j,jk->k", hidden, weight_2) + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta = np.einsum("k,k,k->k", output - target, output, 1 - output)
    gradient_1 = np.einsum("i,j,j,jk,k->ij", x, hidden, 1 - hidden, weight_2, delta)
    gradient_2 = np.einsum("j,k->jk", hidden, delta)
    return gradient_1, gradient_2


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = []
    for _ in range(steps):
        error = target - forward(x, weight_1, weight_2, bias)[1]
        losses.append(np.einsum("k,k->", error, error) / 2)
        weight_1, weight_2 = update(
            weight_1, weight_2, *gradient(x, target, weight_1, weight_2, bias), learning_rate
        )
    return weight_1, weight_2, np.array(losses)
