import os
import signal


def attack(scene, oracle):
    os.kill(scene["victim"], signal.SIGKILL)
