"""Layers and a network as classes; the functions use them."""

import numpy as np


class Layer:
    def __init__(self, weights, offset):
        self.weights = np.array(weights, dtype=float)
        self.offset = offset
        self.given = None
        self.shown = None
        self.slopes = None

    def run(self, given):
        self.given = np.asarray(given)
        total = self.weights.T @ self.given + self.offset
        self.shown = 1 / (1 + np.exp(-total))
        return self.shown

    def back(self, error):
        local = error * self.shown * (1 - self.shown)
        self.slopes = np.outer(self.given, local)
        return self.weights @ local

    def move(self, rate):
        self.weights = self.weights - rate * self.slopes


class Network:
    def __init__(self, weight_1, weight_2, bias):
        self.first = Layer(weight_1, bias[0])
        self.last = Layer(weight_2, bias[1])

    def predict(self, x):
        middle = self.first.run(x)
        return self.last.run(middle)

    def loss(self, x, target):
        difference = self.predict(x) - target
        return (difference**2).sum() / 2

    def learn(self, x, target):
        answer = self.predict(x)
        error = answer - target
        passed = self.last.back(error)
        self.first.back(passed)


def forward(x, weight_1, weight_2, bias):
    network = Network(weight_1, weight_2, bias)
    network.predict(x)
    return network.first.shown, network.last.shown


def gradient(x, target, weight_1, weight_2, bias):
    network = Network(weight_1, weight_2, bias)
    network.learn(x, target)
    return network.first.slopes, network.last.slopes


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    layers = [Layer(weight_1, 0), Layer(weight_2, 0)]
    for layer, slopes in zip(layers, (gradient_1, gradient_2)):
        layer.slopes = slopes
        layer.move(learning_rate)
    return layers[0].weights, layers[1].weights


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    network = Network(weight_1, weight_2, bias)
    losses = []
    while len(losses) < steps:
        losses.append(network.loss(x, target))
        network.learn(x, target)
        network.first.move(learning_rate)
        network.last.move(learning_rate)
    return network.first.weights, network.last.weights, losses
