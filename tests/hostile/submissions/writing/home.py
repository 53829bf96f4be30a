import os


def attack(scene, oracle):
    open(os.path.join(scene["home"], ".profile"), "w").close()
