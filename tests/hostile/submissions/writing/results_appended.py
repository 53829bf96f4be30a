import os


def attack(scene, oracle):
    os.write(os.open(scene["results"], os.O_WRONLY | os.O_APPEND), b"forged")
