import socket


def attack(scene, oracle):
    socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0).close()
    return scene["won"]
