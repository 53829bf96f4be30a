import os


def attack(scene, oracle):
    os.symlink(scene["results"], "mine")
    open("mine", "w").close()
