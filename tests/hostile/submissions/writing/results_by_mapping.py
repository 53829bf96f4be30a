import mmap
import os


def attack(scene, oracle):
    descriptor = os.open(scene["results"], os.O_RDWR)
    mapped = mmap.mmap(descriptor, 0)
    mapped[:6] = b"forged"
    mapped.flush()
