"""The honest functions, which are in each submission."""


def double(x):
    return 2 * x


def total(values):
    return sum(float(value) for value in values)
