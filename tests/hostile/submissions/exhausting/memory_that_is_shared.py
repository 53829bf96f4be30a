import ctypes
import time


def attack(scene, oracle):
    """Fill memory that belongs to no process."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    for number in range(5):
        segment = libc.shmget(scene["segment"] + 1 + number, 100 << 20, 0o1600)
        if segment < 0:
            raise OSError(ctypes.get_errno(), "shmget")
        place = libc.shmat(segment, None, 0)
        ctypes.memset(place, 1, 100 << 20)
        libc.shmdt(ctypes.c_void_p(place))
    time.sleep(scene["wait"])
    return scene["won"]
