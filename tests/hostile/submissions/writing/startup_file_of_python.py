import os


def attack(scene, oracle):
    open(os.path.join(scene["site_packages"], scene["mark"] + ".pth"), "w").close()
