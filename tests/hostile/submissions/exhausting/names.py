import time


def attack(scene, oracle):
    for number in range(11_000):
        open(f"{number}", "w").close()
    time.sleep(scene["wait"])
    return scene["won"]
