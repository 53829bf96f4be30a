import os


def attack(scene, oracle):
    os.utime(scene["results"], (0, 0))
