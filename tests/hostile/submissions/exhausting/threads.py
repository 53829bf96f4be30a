import threading
import time

threading.stack_size(65536)


def attack(scene, oracle):
    for _ in range(60):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    time.sleep(scene["wait"])
    return scene["won"]
