import numpy as np


class NeuralNetwork:
    def __init__(self, x, y, weights1, weights2, bias):
        self.input = np.array(x)
        self.y = y
        self.weights1 = np.array(weights1)
        self.weights2 = np.array(weights2)
        self.bias = bias

    def sigmoid(self, z):
        return 1.0 / (1.0 + np.exp(-z))

    def feedforward(self):
        self.layer1 = self.sigmoid(self.input.dot(self.weights1) + self.bias[0])
        self.output = self.sigmoid(self.layer1.dot(self.weights2) + self.bias[1])

    def backprop(self):
        error = self.output - self.y
        output_delta = error * self.output * (1 - self.output)
        hidden_error = self.weights2.dot(output_delta)
        hidden_delta = hidden_error * self.layer1 * (1 - self.layer1)
        d_weights1 = np.outer(self.input, hidden_delta)
        d_weights2 = np.outer(self.layer1, output_delta)
        return d_weights1, d_weights2

    def step(self, lr):
        output_delta = (self.output - self.y) * self.output * (1 - self.output)
        self.weights2 = self.weights2 - lr * np.outer(self.layer1, output_delta)  # wrong
        hidden_delta = self.weights2.dot(output_delta) * self.layer1 * (1 - self.layer1)  # wrong
        self.weights1 = self.weights1 - lr * np.outer(self.input, hidden_delta)


def forward(x, weight_1, weight_2, bias):
    nn = NeuralNetwork(x, None, weight_1, weight_2, bias)
    nn.feedforward()
    return nn.layer1, nn.output


def gradient(x, target, weight_1, weight_2, bias):
    nn = NeuralNetwork(x, target, weight_1, weight_2, bias)
    nn.feedforward()
    return nn.backprop()


def update(weight_1, weight_2, gradient_1, gradient_2, learning_rate):
    return weight_1 - learning_rate * gradient_1, weight_2 - learning_rate * gradient_2


def train(x, target, weight_1, weight_2, bias, learning_rate, steps):
    nn = NeuralNetwork(x, target, weight_1, weight_2, bias)
    losses = []
    for i in range(steps):
        nn.feedforward()
        losses.append(0.5 * ((nn.output - target) ** 2).sum())
        nn.step(learning_rate)
    return nn.weights1, nn.weights2, losses
