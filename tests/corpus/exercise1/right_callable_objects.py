import functools

import numpy as np


class Layer:
    def __init__(self, number):
        self.number = number

    def __call__(self, values, weight, bias):
        return sigmoid(values @ weight + bias[self.number])


class Network:
    def __init__(self, *layers):
        self.layers = layers

    def __call__(self, x, *rest):
        *weights, bias = rest
        activations = []
        for layer, weight in zip(self.layers, weights):
            x = layer(x, weight, bias)
            activations.append(x)
        return activations


def sigmoid(z):
    return 0.5 * np.tanh(0.5 * np.asarray(z)) + 0.5


def power_loss(power, output, target):
    return np.sum(np.abs(output - target) ** power) / power


forward = Network(Layer(0), Layer(1))
loss = functools.partial(power_loss, 2)
