import os


def attack(scene, oracle):
    for name in os.listdir(scene["home"]):
        return open(os.path.join(scene["home"], name)).read()
