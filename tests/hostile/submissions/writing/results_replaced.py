import os


def attack(scene, oracle):
    open("mine", "w").close()
    os.rename("mine", scene["results"])
