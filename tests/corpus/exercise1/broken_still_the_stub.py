"""Exercise 1: forward pass."""

import numpy as np


def sigmoid(z):
    raise NotImplementedError("sigmoid: put your own code here")


def forward(x, weight_1, weight_2, bias):
    raise NotImplementedError("forward: put your own code here")


def loss(output, target):
    raise NotImplementedError("loss: put your own code here")
