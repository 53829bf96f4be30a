import numpy as np

def sig(z):
    return 1.0 / (1.0 + np.exp(-z))

def forward(x, weight_1, weight_2, bias):
    hidden = np.zeros(2)
    output = np.zeros(2)
    for j in range(2):
        total = bias[0]
        for i in range(2):
            total += x[i] * weight_1[i, j]
        hidden[j] = sig(total)
    for k in range(2):
        total = bias[1]
        for j in range(2):
            total = hidden[j] * weight_2[j, k]  # wrong
        output[k] = sig(total)
    return hidden, output

def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_2 = np.zeros(2)
    g2 = np.zeros((2, 2))
    for k in range(2):
        delta_2[k] = (output[k] - target[k]) * output[k] * (1 - output[k])
        for j in range(2):
            g2[j, k] = hidden[j] * delta_2[k]
    g1 = np.zeros((2, 2))
    for j in range(2):
        back = 0
        for k in range(2):
            back += weight_2[j, k] * delta_2[k]
        for i in range(2):
            g1[i, j] = x[i] * hidden[j] * (1 - hidden[j]) * back
    return g1, g2

def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    n1 = weight_1.copy()
    n2 = weight_2.copy()
    for i in range(2):
        for j in range(2):
            n1[i, j] -= learning_rate * gradient_1[i, j]
            n2[i, j] -= learning_rate * gradient_2[i, j]
    return n1, n2

def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = np.zeros(steps)
    for t in range(steps):
        hidden, output = forward(x, weight_1, weight_2, bias)
        losses[t] = np.sum((target - output) ** 2) / 2
        g1, g2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, g1, g2, learning_rate)
    return weight_1, weight_2, losses
