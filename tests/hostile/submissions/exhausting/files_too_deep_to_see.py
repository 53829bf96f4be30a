import os
import time


def attack(scene, oracle):
    """Write where the path has become too long to be named."""
    for _ in range(30):
        os.mkdir("d" * 200)
        os.chdir("d" * 200)
    for number in range(20):
        with open(f"file{number}", "wb") as file:
            file.write(bytes(1 << 20))
    time.sleep(scene["wait"])
    return scene["won"]
