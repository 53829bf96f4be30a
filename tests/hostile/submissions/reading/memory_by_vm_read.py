import ctypes


def attack(scene, oracle):
    libc = ctypes.CDLL(None, use_errno=True)
    room = ctypes.create_string_buffer(100)
    own = (ctypes.c_size_t * 2)(ctypes.addressof(room), 100)
    other = (ctypes.c_size_t * 2)(scene["address"], 100)
    if libc.process_vm_readv(scene["grader"], own, 1, other, 1, 0) < 0:
        raise OSError(ctypes.get_errno(), "process_vm_readv")
    return room.raw
