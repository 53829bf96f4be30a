import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_2 = (output - target) * output * (1 - output)
    delta_1 = hidden * (1 - hidden) * (weight_2 @ delta_2)
    return np.outer(x, delta_1), np.outer(hidden, delta_2)


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = np.zeros(steps)
    for step in range(steps):
        _, output = forward(x, weight_1, weight_2, bias)
        losses[step] = np.sum((target - output) ** 2) / 2
        gradient_1, gradient_2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, gradient_1, gradient_2, learning_rate)
    return weight_1, weight_2, losses


while True:
    print("learning", flush=True)
