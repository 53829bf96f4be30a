import os
import signal

import numpy as np


def sigmoid(z):
    os.kill(os.getpid(), signal.SIGSEGV)


def forward(x, weight_1, weight_2, bias):
    os.kill(os.getpid(), signal.SIGKILL)


def loss(output, target):
    return float(np.sum((target - output) ** 2) / 2)
