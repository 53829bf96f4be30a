import os
import time


def attack(scene, oracle):
    """Double the processes, eight times."""
    first = os.getpid()
    for _ in range(8):
        os.fork()
    time.sleep(scene["wait"])
    if os.getpid() != first:
        time.sleep(60)
        os._exit(0)
    return scene["won"]
