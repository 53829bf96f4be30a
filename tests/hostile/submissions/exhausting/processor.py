import time


def attack(scene, oracle):
    end = time.monotonic() + scene["patience"]
    while time.monotonic() < end:
        pass
    return scene["won"]
