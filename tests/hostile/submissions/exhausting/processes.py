import os
import time


def attack(scene, oracle):
    for _ in range(60):
        if os.fork() == 0:
            time.sleep(60)
    time.sleep(scene["wait"])
    return scene["won"]
