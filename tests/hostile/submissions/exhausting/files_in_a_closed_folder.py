import os
import time


def attack(scene, oracle):
    """Write into a folder that cannot be listed."""
    os.mkdir("closed", 0o300)
    for number in range(20):
        with open(f"closed/file{number}", "wb") as file:
            file.write(bytes(1 << 20))
    time.sleep(scene["wait"])
    return scene["won"]
