import numpy as np


def squash(v):
    return 1 / (1 + np.exp(-v))


class Net:
    def __init__(self, weights, biases):
        self.weights = [np.array(w, dtype=float) for w in weights]
        self.biases = [np.array(b, dtype=float) for b in biases]

    def run(self, batch):
        self.values = [batch]
        for w, b in zip(self.weights, self.biases):
            self.values.append(squash(self.values[-1] @ w + b))
        return self.values

    def backward(self, wanted):
        out = self.values[-1]
        err = (out - wanted) * out * (1 - out) / len(wanted)
        by_weight, by_bias = [], []
        for n in reversed(range(len(self.weights))):
            by_weight.append(self.values[n].T @ err)  # wrong
            by_bias.insert(0, err.sum(axis=0))
            if n > 0:
                a = self.values[n]
                err = (err @ self.weights[n].T) * a * (1 - a)
        return by_weight, by_bias

    def cost(self, inputs, wanted):
        out = self.run(inputs)[-1]
        return ((out - wanted) ** 2).sum() / 2 / len(inputs)

    def learn(self, inputs, wanted, rate):
        self.run(inputs)
        by_weight, by_bias = self.backward(wanted)
        for n in range(len(self.weights)):
            self.weights[n] -= rate * by_weight[n]
            self.biases[n] -= rate * by_bias[n]


def forward(X, weights, biases):
    return Net(weights, biases).run(X)


def gradient(X, Y, weights, biases):
    net = Net(weights, biases)
    net.run(X)
    return net.backward(Y)


def train(X, Y, weights, biases, learning_rate, steps, batch_size, rng):
    net = Net(weights, biases)
    costs = []
    for _ in range(steps):
        costs.append(net.cost(X, Y))
        chosen = rng.permutation(len(X))[:batch_size]
        net.learn(X[chosen], Y[chosen], learning_rate)
    return net.weights, net.biases, np.array(costs)
