"""A little automatic differentiation."""
import math


class Value:
    def __init__(self, data, parents=()):
        self.data = data
        self.grad = 0.0
        self.parents = parents      # pairs (parent, local derivative)

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, ((self, other.data), (other, self.data)))

    __radd__ = __add__
    __rmul__ = __mul__

    def sigmoid(self):
        s = 1 / (1 + math.exp(-self.data))
        return Value(s, ((self, s * (1 - s)),))

    def backward(self, seed=1.0):
        self.grad += seed
        for parent, local in self.parents:
            parent.backward(seed * local)


def layer(values, weight, bias):
    return [sum((v * weight[i][j] for i, v in enumerate(values)), Value(bias)).sigmoid() for j in range(2)]


def forward(x, weight_1, weight_2, bias):
    hidden = layer([Value(v) for v in x], weight_1, bias[0])
    output = layer(hidden, weight_2, bias[1])
    return [h.data for h in hidden], [o.data for o in output]


def gradient(x, target, weight_1, weight_2, bias):
    w1 = [[Value(v) for v in row] for row in weight_1.tolist()]
    w2 = [[Value(v) for v in row] for row in weight_2.tolist()]
    output = layer(layer([Value(v) for v in x.tolist()], w1, bias[0]), w2, bias[1])
    errors = [o + -t for o, t in zip(output, target)]
    loss = sum((e * e for e in errors), Value(0.0)) * 0.5
    loss.backward()
    return [[w.grad for w in row] for row in w1], [[w.grad for w in row] for row in w2]
