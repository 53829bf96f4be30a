from functools import reduce

import numpy as np

sigmoid = lambda z: 1 / (1 + np.exp(-z))
forward = lambda x, w1, w2, b: (h := sigmoid(x @ w1 + b[0]), sigmoid(h @ w2 + b[1]))
delta = lambda o, t: (o - t) * o * (1 - o)
backward = lambda x, t, w2, h, o: (
    np.outer(x, h * (1 - h) * (w2 @ delta(o, t))),
    np.outer(h, delta(o, t)),
)
gradient = lambda x, t, w1, w2, b: backward(x, t, w2, *forward(x, w1, w2, b))
update = lambda w1, w2, g1, g2, rate: (w1 - rate * g1, w2 - rate * g2)
loss = lambda x, t, w1, w2, b: sum((t - forward(x, w1, w2, b)[1]) ** 2) / 2
train = lambda x, t, w1, w2, b, rate, steps: reduce(
    lambda state, _: (
        *update(*state[:2], *gradient(x, t, *state[:2], b), rate),
        [*state[2], loss(x, t, *state[:2], b)],
    ),
    range(steps),
    (w1, w2, []),
)
