import os


def attack(scene, oracle):
    os.link(scene["reference"], "link")
    return open("link").read()
