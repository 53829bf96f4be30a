import socket


def attack(scene, oracle):
    """Listen on a port, for somebody outside who connects."""
    server = socket.create_server(("127.0.0.1", scene["free_port"]))
    server.settimeout(0.4)
    connection, _ = server.accept()
    return scene["won"]
