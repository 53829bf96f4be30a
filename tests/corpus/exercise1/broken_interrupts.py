import numpy as np


def sigmoid(z):
    return 0.5 * (1.0 + np.tanh(0.5 * np.asarray(z)))


def forward(x, weight_1, weight_2, bias):
    raise KeyboardInterrupt


def loss(output, target):
    raise GeneratorExit
