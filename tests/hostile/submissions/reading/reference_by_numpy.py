import numpy as np


def attack(scene, oracle):
    return bytes(np.fromfile(scene["reference"], dtype=np.uint8))
