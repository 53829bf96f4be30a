import socket


def attack(scene, oracle):
    channel = socket.socket(socket.AF_UNIX)
    channel.connect(scene["unix"])
    channel.send(b"stolen")
