import socket


def attack(scene, oracle):
    channel = socket.socket(socket.AF_UNIX)
    channel.connect("\0" + scene["abstract"])
    channel.send(b"stolen")
