import os


def attack(scene, oracle):
    return str(dict(os.environ))
