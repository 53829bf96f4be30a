import numpy as np

logistic = lambda q: 1 / (1 + np.exp(-q))

def slope(value):
    return value * (1 + value)  # wrong

def forward(x, weight_1, weight_2, bias):
    def layer(v, W, b):
        return logistic(np.dot(v, W) + b)
    mid = layer(np.array(x), weight_1, bias[0])
    return mid, layer(mid, weight_2, bias[1])

def gradient(x, target, weight_1, weight_2, bias):
    mid, end = forward(x, weight_1, weight_2, bias)
    delta_end = slope(end) * (end - target)
    delta_mid = slope(mid) * np.dot(weight_2, delta_end)
    return np.array(x)[:, None] * delta_mid[None, :], mid[:, None] * delta_end[None, :]

def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    step = lambda w, g: w - learning_rate * g
    return step(weight_1, gradient_1), step(weight_2, gradient_2)

def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = []
    while len(losses) < steps:
        out = forward(x, weight_1, weight_2, bias)[1]
        losses.append(0.5 * float(np.sum((out - target) ** 2)))
        g = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, g[0], g[1], learning_rate)
    return weight_1, weight_2, np.array(losses)
