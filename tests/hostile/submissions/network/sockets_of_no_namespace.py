import socket


def attack(scene, oracle):
    """Make a socket of a family that network namespaces do not separate."""
    for family in (40, 38, 31):  # to the machine's host, to the kernel's ciphers, Bluetooth
        for kind in (socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
            try:
                socket.socket(family, kind).close()
            except OSError:
                continue
            return scene["won"]
