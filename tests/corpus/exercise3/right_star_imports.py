from math import *
from numpy import *


def act(z):
    return 1 / (1 + exp(-z))


def forward(x, weight_1, weight_2, bias):
    hidden = act(dot(x, weight_1) + bias[0])
    return hidden, act(dot(hidden, weight_2) + bias[1])


def gradient(x, target, weight_1, weight_2, bias):
    h, o = forward(x, weight_1, weight_2, bias)
    d = (o - target) * o * (1 - o)
    return outer(x, dot(weight_2, d) * h * (1 - h)), outer(h, d)


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    losses = zeros(steps)
    for n in arange(steps):
        losses[n] = sum((target - forward(x, weight_1, weight_2, bias)[1]) ** 2) / 2
        g1, g2 = gradient(x, target, weight_1, weight_2, bias)
        weight_1, weight_2 = update(weight_1, weight_2, g1, g2, learning_rate)
    return array([weight_1, weight_2])[0], weight_2, losses
