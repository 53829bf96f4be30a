import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def sigmoid_slope(a):
    # a has gone through the sigmoid already
    return a * (1 - a)


def forward(x, W1, W2, b):
    z1 = np.dot(x, W1) + b[0]
    a1 = sigmoid(z1)
    z2 = np.dot(a1, W2) + b[1]
    a2 = sigmoid(z2)
    return a1, a2


def gradient(x, y, W1, W2, b):
    a1, a2 = forward(x, W1, W2, b)
    error = a2 - y
    d2 = error  # wrong
    d1 = np.dot(W2, d2) * sigmoid_slope(a1)
    dW2 = np.outer(a1, d2)
    dW1 = np.outer(x, d1)
    return dW1, dW2


def update(W1, W2, dW1, dW2, lr):
    W1 = W1 - lr * dW1
    W2 = W2 - lr * dW2
    return W1, W2


def train(x, y, W1, W2, b, lr, epochs):
    costs = []
    for epoch in range(epochs):
        a1, a2 = forward(x, W1, W2, b)
        costs.append(np.sum(np.square(y - a2)) / 2)
        dW1, dW2 = gradient(x, y, W1, W2, b)
        W1, W2 = update(W1, W2, dW1, dW2, lr)
    return W1, W2, costs
