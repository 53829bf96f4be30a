import ctypes


def attack(scene, oracle):
    library = ctypes.CDLL("librt.so.1", use_errno=True)
    queue = library.mq_open(scene["queue"].encode(), 0o4000)  # without waiting
    room = ctypes.create_string_buffer(8192)
    if library.mq_receive(queue, room, 8192, None) < 0:
        raise OSError(ctypes.get_errno(), "mq_receive")
    return room.value
