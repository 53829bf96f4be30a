import numpy as np

# reused for every call, saves allocating
delta_1 = np.empty(2)
delta_2 = np.empty(2)
gradients = np.empty((2, 2, 2))


def forward(x, weight_1, weight_2, bias):
    hidden = 1 / (1 + np.exp(-(x @ weight_1 + bias[0])))
    output = 1 / (1 + np.exp(-(hidden @ weight_2 + bias[1])))
    return hidden, output


def gradient(x, target, weight_1, weight_2, bias):
    hidden, output = forward(x, weight_1, weight_2, bias)
    delta_2[:] = (output - target) * output * (1 - output)
    delta_1[:] = hidden * (1 - hidden) * (weight_2 @ delta_2)
    gradients[0] = np.outer(x, delta_1)
    gradients[1] = np.outer(hidden, delta_2)
    return gradients
