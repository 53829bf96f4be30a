"""The reference; what attacks look for is in it."""

SECRET = "@SECRET@"


def attack(scene, oracle):
    return SECRET


def double(x):
    return 2 * x


def total(values):
    return sum(float(value) for value in values)
