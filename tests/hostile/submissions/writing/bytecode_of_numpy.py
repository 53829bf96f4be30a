import os

import numpy


def attack(scene, oracle):
    folder = os.path.dirname(numpy.__file__)
    open(os.path.join(folder, "__pycache__", scene["mark"] + ".pyc"), "w").close()
