import numpy as np


def activation(z):
    return 1 / (1 + np.exp(-z))


def run(x, weights, bias):
    activations = [np.array(x)]
    for w, b in zip(weights, bias):
        activations.append(activation(activations[-1] @ w + b))
    return activations


def forward(x, weight_1, weight_2, bias):
    activations = run(x, [weight_1, weight_2], bias)
    return activations[1], activations[2]


def gradient(x, target, weight_1, weight_2, bias):
    weights = [weight_1, weight_2]
    activations = run(x, weights, bias)
    dws = []
    da = 2 * (activations[-1] - target)  # wrong
    for d in [2, 1]:
        a = activations[d]
        dz = da * a * (1 - a)
        dw = np.outer(activations[d - 1], dz)
        da = weights[d - 1] @ dz
        dws.insert(0, dw)
    return dws


def update(weight_1, weight_2, gradient_1, gradient_2, alpha):
    new = []
    for w, dw in [(weight_1, gradient_1), (weight_2, gradient_2)]:
        new.append(w - alpha * dw)
    return new


def train(x, target, weight_1, weight_2, bias, alpha, steps):
    history = []
    while len(history) < steps:
        prediction = forward(x, weight_1, weight_2, bias)[1]
        history.append(np.sum((prediction - target) ** 2) / 2)
        dw_1, dw_2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, dw_1, dw_2, alpha)
    return weight_1, weight_2, history
