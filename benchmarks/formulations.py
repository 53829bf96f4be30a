# ruff: noqa: D103, F821, RUF059
"""Right programs in many styles, to be made wrong: none is a source of the grader's candidates.

Each is named for the function that it stands for and its style, and may call `sigmoid`,
`forward`, `gradient` and `update`.
"""

import numpy as np


def forward__einsum(inputs, first, second, offsets):
    a = sigmoid(np.einsum("i,ij->j", inputs, first) + offsets[0])
    b = sigmoid(np.einsum("j,jk->k", a, second) + offsets[1])
    return a, b


def forward__scalars(x, weight_1, weight_2, bias):
    i1, i2 = x
    (w1, w3), (w2, w4) = weight_1
    (w5, w7), (w6, w8) = weight_2
    h1 = sigmoid(i1 * w1 + i2 * w2 + bias[0])
    h2 = sigmoid(i1 * w3 + i2 * w4 + bias[0])
    o1 = sigmoid(h1 * w5 + h2 * w6 + bias[1])
    o2 = sigmoid(h1 * w7 + h2 * w8 + bias[1])
    return np.array([h1, h2]), np.array([o1, o2])


def forward__loops(x, w, v, b):
    hidden = []
    for j in range(2):
        total = b[0]
        for i in range(2):
            total = total + x[i] * w[i][j]
        hidden.append(1 / (1 + np.exp(-total)))
    output = []
    for k in range(2):
        total = b[1]
        for j in range(2):
            total = total + hidden[j] * v[j][k]
        output.append(1 / (1 + np.exp(-total)))
    return np.array(hidden), np.array(output)


def forward__columns(x, weight_1, weight_2, bias):
    z = weight_1.T @ x + bias[0]
    hidden = sigmoid(z)
    z = weight_2.T @ hidden + bias[1]
    output = sigmoid(z)
    return hidden, output


def gradient__blog(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    d1 = (output[0] - target[0]) * output[0] * (1 - output[0])
    d2 = (output[1] - target[1]) * output[1] * (1 - output[1])
    g = np.zeros((2, 2))
    g[0][0] = d1 * hidden[0]
    g[1][0] = d1 * hidden[1]
    g[0][1] = d2 * hidden[0]
    g[1][1] = d2 * hidden[1]
    f = np.zeros((2, 2))
    f[0][0] = (d1 * weight_2[0][0] + d2 * weight_2[0][1]) * hidden[0] * (1 - hidden[0]) * x[0]
    f[1][0] = (d1 * weight_2[0][0] + d2 * weight_2[0][1]) * hidden[0] * (1 - hidden[0]) * x[1]
    f[0][1] = (d1 * weight_2[1][0] + d2 * weight_2[1][1]) * hidden[1] * (1 - hidden[1]) * x[0]
    f[1][1] = (d1 * weight_2[1][0] + d2 * weight_2[1][1]) * hidden[1] * (1 - hidden[1]) * x[1]
    return f, g


def gradient__einsum(x, target, weight_1, weight_2, bias):
    a, b = forward(x, weight_1, weight_2, bias)
    error = np.einsum("k,k,k->k", b - target, b, 1 - b)
    first = np.einsum("i,j,j,jk,k->ij", x, a, 1 - a, weight_2, error)
    second = np.einsum("j,k->jk", a, error)
    return first, second


def gradient__loops(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    deltas = [0.0, 0.0]
    for k in range(2):
        deltas[k] = (output[k] - target[k]) * output[k] * (1 - output[k])
    first = np.empty((2, 2))
    second = np.empty((2, 2))
    for j in range(2):
        back = 0.0
        for k in range(2):
            second[j, k] = deltas[k] * hidden[j]
            back += deltas[k] * weight_2[j, k]
        for i in range(2):
            first[i, j] = back * hidden[j] * (1 - hidden[j]) * x[i]
    return first, second


def gradient__broadcast(x, t, w1, w2, b):
    h, o = forward(x, w1, w2, b)
    slope_o = o - o**2
    slope_h = h - h**2
    e = slope_o * (o - t)
    s = (w2 * e).sum(axis=1) * slope_h
    return x[:, None] * s[None, :], h[:, None] * e[None, :]


def gradient__scalars(x, target, weight_1, weight_2, bias):
    (h1, h2), (o1, o2) = forward(x, weight_1, weight_2, bias)
    w5, w7 = weight_2[0]
    w6, w8 = weight_2[1]
    p = -(target[0] - o1) * o1 * (1 - o1)
    q = -(target[1] - o2) * o2 * (1 - o2)
    r = (p * w5 + q * w7) * h1 * (1 - h1)
    s = (p * w6 + q * w8) * h2 * (1 - h2)
    return (
        [[r * x[0], s * x[0]], [r * x[1], s * x[1]]],
        [[p * h1, q * h1], [p * h2, q * h2]],
    )


def update__loops(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    first = weight_1.copy()
    second = weight_2.copy()
    for i in range(2):
        for j in range(2):
            first[i, j] = first[i, j] - learning_rate * gradient_1[i, j]
            second[i, j] = second[i, j] - learning_rate * gradient_2[i, j]
    return first, second


def update__blog(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    w = np.array(weight_1)
    w[0][0] = w[0][0] - learning_rate * gradient_1[0][0]
    w[1][0] = w[1][0] - learning_rate * gradient_1[1][0]
    w[0][1] = w[0][1] - learning_rate * gradient_1[0][1]
    w[1][1] = w[1][1] - learning_rate * gradient_1[1][1]
    v = np.array(weight_2)
    v[0][0] = v[0][0] - learning_rate * gradient_2[0][0]
    v[1][0] = v[1][0] - learning_rate * gradient_2[1][0]
    v[0][1] = v[0][1] - learning_rate * gradient_2[0][1]
    v[1][1] = v[1][1] - learning_rate * gradient_2[1][1]
    return w, v


def update__renamed(a, b, da, db, eta):
    step_a = eta * da
    step_b = eta * db
    new_a = a - step_a
    new_b = b - step_b
    return new_a, new_b


def train__inline(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = []
    for _ in range(steps):
        h = sigmoid(x @ weight_1 + bias[0])
        o = sigmoid(h @ weight_2 + bias[1])
        losses.append(0.5 * np.sum((o - target) ** 2))
        e = (o - target) * o * (1 - o)
        d = (weight_2 @ e) * h * (1 - h)
        weight_2 = weight_2 - learning_rate * np.outer(h, e)
        weight_1 = weight_1 - learning_rate * np.outer(x, d)
    return weight_1, weight_2, losses


def train__calls(x, target, weight_1, weight_2, bias, rate, steps):
    losses = np.zeros(steps)
    count = 0
    while count < steps:
        hidden, output = forward(x, weight_1, weight_2, bias)
        error = target - output
        losses[count] = (error[0] ** 2 + error[1] ** 2) / 2
        first, second = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, first, second, rate)
        count += 1
    return weight_1, weight_2, losses
