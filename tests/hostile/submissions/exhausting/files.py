import time


def attack(scene, oracle):
    for number in range(20):
        with open(f"file{number}", "wb") as file:
            file.write(bytes(1 << 20))
    time.sleep(scene["wait"])
    return scene["won"]
