import os


def attack(scene, oracle):
    os.chmod(scene["results"], 0o777)
