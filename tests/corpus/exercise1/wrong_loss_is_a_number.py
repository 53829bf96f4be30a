import numpy as np


def sigmoid(z):
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z)))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)


hidden, output = forward(
    np.array([0.99, 0.01]),
    np.array([[0.35, 0.55], [0.90, 0.36]]),
    np.array([[0.60, 0.77], [0.96, 0.89]]),
    np.array([0.23, 0.79]),
)
loss = loss(output, np.array([0.1, 0.89]))
print("loss", loss)
