import os
import time


def attack(scene, oracle):
    """Stay below the limit in each of some processes."""
    for _ in range(5):
        if os.fork() == 0:
            taken = bytearray(120 << 20)
            time.sleep(60)
    time.sleep(scene["wait"])
    return scene["won"]
