from dataclasses import dataclass

import numpy as np


@dataclass
class Network:
    weight_1: np.ndarray
    weight_2: np.ndarray
    bias: np.ndarray

    @staticmethod
    def activation(z):
        return 1 / (1 + np.exp(-z))

    def predict(self, x):
        self.x = x
        self.hidden = self.activation(x @ self.weight_1 + self.bias[0])
        self.output = self.activation(self.hidden @ self.weight_2 + self.bias[1])
        return self.output

    def loss(self, target):
        return float(((target - self.output) ** 2).sum() / 2)

    def backward(self, target):
        delta_2 = (self.output - target) * self.output * (1 - self.output)
        delta_1 = self.hidden * (1 - self.hidden) * (self.weight_2 @ delta_2)
        return np.outer(self.x, delta_1), np.outer(self.hidden, delta_2)

    def learn(self, gradients, learning_rate):
        self.weight_1 = self.weight_1 - learning_rate * gradients[0]
        self.weight_2 = self.weight_2 - learning_rate * gradients[1]


def forward(x, weight_1, weight_2, bias):
    network = Network(weight_1, weight_2, bias)
    network.predict(x)
    return network.hidden, network.output


def gradient(x, target, weight_1, weight_2, bias):
    network = Network(weight_1, weight_2, bias)
    network.predict(x)
    return network.backward(target)


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    network = Network(weight_1, weight_2, np.zeros(2))
    network.learn((gradient_1, gradient_2), learning_rate)
    return network.weight_1, network.weight_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    network = Network(weight_1, weight_2, bias)
    losses = []
    for _ in range(steps):
        network.predict(x)
        losses.append(network.loss(target))
        network.learn(network.backward(target), learning_rate)
    return network.weight_1, network.weight_2, losses
