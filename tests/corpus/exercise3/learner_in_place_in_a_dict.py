import numpy as np

def act(z): return 1/(1+np.exp(-z))

def forward(x, weight_1, weight_2, bias):
    net = {}
    net["h"] = act(np.matmul(x, weight_1) + bias[0])
    net["o"] = act(np.matmul(net["h"], weight_2) + bias[1])
    return net["h"], net["o"]

def gradient(x, target, weight_1, weight_2, bias):
    d = {}
    h, o = forward(x, weight_1, weight_2, bias)
    d["o"] = -(target - o) * o * (1 - o)
    d["h"] = np.matmul(weight_2, d["o"]) * h * (1 - h)
    return np.outer(x, d["h"]), np.outer(h, d["o"])

def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    p = {"w1": weight_1, "w2": weight_2}
    g = {"w1": gradient_1, "w2": gradient_2}
    for name in p:
        p[name] -= learning_rate * g[name]  # wrong
    return p["w1"], p["w2"]

def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = []
    for epoch in range(steps):
        h, o = forward(x, weight_1, weight_2, bias)
        losses += [np.sum((target - o) ** 2) / 2]
        g1, g2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, g1, g2, learning_rate)
    return weight_1, weight_2, np.asarray(losses)
