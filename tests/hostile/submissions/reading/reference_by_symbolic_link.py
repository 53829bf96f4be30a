import os


def attack(scene, oracle):
    os.symlink(scene["reference"], "link")
    return open("link").read()
