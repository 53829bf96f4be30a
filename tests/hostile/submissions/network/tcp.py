import socket


def attack(scene, oracle):
    with socket.create_connection(("127.0.0.1", scene["tcp"]), 2) as connection:
        connection.send(b"stolen")
