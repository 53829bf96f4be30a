import os


def attack(scene, oracle):
    os.rename(scene["results"], scene["results"] + ".old")
