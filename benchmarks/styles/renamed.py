"""Other names for everything, and another way to write each formula."""

import numpy as np


def squash(s):
    return 0.5 * (1 + np.tanh(0.5 * s))


def slope(a):
    return a - a * a


def sigmoid(z):
    return squash(z)


def forward(inp, lower, upper, offsets):
    act_in = np.dot(inp, lower) + offsets[0]
    act = squash(act_in)
    res_in = np.dot(act, upper) + offsets[1]
    res = squash(res_in)
    return act, res


def gradient(inp, wanted, lower, upper, offsets):
    act, res = forward(inp, lower, upper, offsets)
    miss = res - wanted
    err_top = miss * slope(res)
    err_mid = np.dot(upper, err_top) * slope(act)
    d_lower = inp.reshape(2, 1) * err_mid.reshape(1, 2)
    d_upper = act.reshape(2, 1) * err_top.reshape(1, 2)
    return d_lower, d_upper


def update(lower, upper, d_lower, d_upper, eta):
    step_lower = eta * d_lower
    step_upper = eta * d_upper
    return lower - step_lower, upper - step_upper


def train(inp, wanted, lower, upper, offsets, eta, rounds):
    history = []
    for _ in range(rounds):
        res = forward(inp, lower, upper, offsets)[1]
        miss = wanted - res
        history.append(0.5 * np.sum(miss * miss))
        d_lower, d_upper = gradient(inp, wanted, lower, upper, offsets)
        lower, upper = update(lower, upper, d_lower, d_upper, eta)
    return lower, upper, np.array(history)
