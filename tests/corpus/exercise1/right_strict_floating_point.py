import gc
import sys
import warnings

import numpy as np

np.seterr(all="raise")
np.random.seed(0)
np.set_printoptions(precision=2)
warnings.simplefilter("error")
gc.disable()
sys.setrecursionlimit(100_000)


def sigmoid(z):
    return 0.5 * (1 + np.tanh(np.asarray(z) / 2))


def forward(x, weight_1, weight_2, bias):
    hidden = sigmoid(x @ weight_1 + bias[0])
    output = sigmoid(hidden @ weight_2 + bias[1])
    return hidden, output


def loss(output, target):
    return ((output - target) ** 2).sum() / 2
