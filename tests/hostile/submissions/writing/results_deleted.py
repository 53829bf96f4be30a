import os


def attack(scene, oracle):
    os.unlink(scene["results"])
