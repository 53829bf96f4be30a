import os
import stat


def attack(scene, oracle):
    """Change who may use /dev/null; to what it is, since it is everybody's."""
    os.chmod("/dev/null", stat.S_IMODE(os.stat("/dev/null").st_mode))
    return scene["won"]
