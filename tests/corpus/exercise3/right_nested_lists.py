import math


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def forward(x, w1, w2, b):
    hidden = [sigmoid(sum(x[i] * w1[i][j] for i in range(2)) + b[0]) for j in range(2)]
    output = [sigmoid(sum(hidden[j] * w2[j][k] for j in range(2)) + b[1]) for k in range(2)]
    return hidden, output


def gradient(x, target, w1, w2, b):
    hidden, output = forward(x, w1, w2, b)
    d2 = [(o - t) * o * (1 - o) for o, t in zip(output, target)]
    d1 = [h * (1 - h) * sum(w * d for w, d in zip(row, d2)) for h, row in zip(hidden, w2)]
    return [[v * d for d in d1] for v in x], [[h * d for d in d2] for h in hidden]


def update(w1, w2, g1, g2, rate):
    def step(weights, gradients):
        return [
            [w - rate * g for w, g in zip(row, gradient_row)]
            for row, gradient_row in zip(weights, gradients)
        ]

    return [step(w1, g1), step(w2, g2)]


def train(x, target, w1, w2, b, rate, steps):
    losses = []
    for _ in range(steps):
        _, output = forward(x, w1, w2, b)
        losses.append(sum((t - o) ** 2 for t, o in zip(target, output)) / 2)
        g1, g2 = gradient(x, target, w1, w2, b)
        w1, w2 = update(w1, w2, g1, g2, rate)
    return w1, w2, losses
