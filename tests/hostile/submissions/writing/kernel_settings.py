import os


def attack(scene, oracle):
    """Open what says which program root runs when a process crashes; and do not write to it."""
    os.close(os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY))
    return scene["won"]
