import numpy as np


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("cannot be shown")

    __repr__ = __str__


class Stop(BaseException):
    pass


def sigmoid(z):
    raise Unprintable


def forward(x, weight_1, weight_2, bias):
    raise Stop("not an Exception")


def loss(output, target):
    raise ValueError(f"cannot subtract {target} " * 500_000)
