import ctypes


def attack(scene, oracle):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    segment = libc.shmget(scene["segment"], 0, 0)
    if segment < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    return ctypes.string_at(libc.shmat(segment, None, 0o10000), 100)
