import ctypes


def attack(scene, oracle):
    libc = ctypes.CDLL(None, use_errno=True)
    process = libc.syscall(434, scene["victim"], 0)  # pidfd_open
    libc.syscall(424, process, 9, None, 0)  # pidfd_send_signal
