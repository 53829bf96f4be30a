import os


def attack(scene, oracle):
    os.mkdir("root")
    os.chroot("root")
    return scene["won"]
