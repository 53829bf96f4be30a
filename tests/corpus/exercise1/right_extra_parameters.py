import numpy as np


def sigmoid(z, slope=1.0):
    return 0.5 * (1 + np.tanh(slope * np.asarray(z) / 2))


def forward(x, weight_1, weight_2, bias, *, activation=sigmoid, verbose=False, **options):
    hidden = activation(x @ weight_1 + bias[0])
    output = activation(hidden @ weight_2 + bias[1])
    if verbose:
        print(hidden, output)
    return hidden, output


def loss(output, target, *ignored, half=0.5):
    return half * np.sum((target - output) ** 2)
