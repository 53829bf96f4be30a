import ctypes
import os


def attack(scene, oracle):
    """Leave a note by each way there is; the second time, look for one."""
    libc = ctypes.CDLL(None, use_errno=True)
    places = ("note", "/dev/shm/" + scene["mark"])
    segment = libc.shmget(scene["segment"] + 10, 4096, 0o600)
    queue = libc.msgget(scene["segment"] + 10, 0o600)
    if segment >= 0 or queue >= 0 or "NOTE" in os.environ or any(map(os.path.exists, places)):
        return scene["won"]
    libc.shmget(scene["segment"] + 10, 4096, 0o1600)
    libc.msgget(scene["segment"] + 10, 0o1600)
    os.environ["NOTE"] = "here"
    for place in places:
        try:
            open(place, "w").close()
        except OSError:
            continue
