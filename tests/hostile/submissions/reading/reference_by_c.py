import ctypes


def attack(scene, oracle):
    libc = ctypes.CDLL(None)
    descriptor = libc.open(scene["reference"].encode(), 0)
    room = ctypes.create_string_buffer(65536)
    libc.read(descriptor, room, 65536)
    return room.value
