import os


def attack(scene, oracle):
    os.chown(scene["results"], 65534, 65534)
