import os
import time


def attack(scene, oracle):
    """Leave a process that has left its session, and deals with no signal."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.closerange(0, 64)
            time.sleep(120)
        os._exit(0)
    os.wait()
