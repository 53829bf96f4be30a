"""Asks the command server (tests/command_server.py) to run a command; imports as little as it can.

    python -IS tests/command_client.py SOCKET ARGUMENT...

is `bpgrade ARGUMENT...`, with this process's streams, folder and variables.
"""

from __future__ import annotations

import json
import os
import socket
import struct
import sys
from collections import namedtuple

NEVER_TOLD = "the command server is gone"


Request = namedtuple(
    "Request", ("arguments", "folder", "variables", "warm", "repair_seconds"), defaults=(None,)
)
"""A command: what it is given, whether the hosts of its sandbox may be forks of a warm process, and
in how much processor time it looks for repairs, where that is not as ever."""


def begin(connection: socket.socket, server: str, request: Request, streams: list[int]) -> int:
    """Have a command started; return its process. Its exit code is the connection's next number.

    `streams` are the descriptors of standard input, output and error.
    """
    connection.connect(server)
    socket.send_fds(connection, [b"{"], streams)
    connection.sendall(f"{json.dumps(request._asdict())[1:]}\n".encode())
    return number(connection)


def number(connection: socket.socket) -> int:
    """Return the next number that the server sends."""
    data = connection.recv(4, socket.MSG_WAITALL)
    if len(data) != 4:
        raise ConnectionError(NEVER_TOLD)
    return int(struct.unpack("<i", data)[0])


def words(server: str) -> list[str]:
    """Return the command `bpgrade` as this client runs it."""
    return [sys.executable, "-IS", os.path.realpath(__file__), server]


def main() -> int:
    """Be the command that the arguments name; return its exit code as a shell tells it."""
    server, *arguments = sys.argv[1:]
    folder = os.getcwd()  # noqa: PTH109 - pathlib takes longer to import than all else here
    with socket.socket(socket.AF_UNIX) as connection:
        request = Request(arguments, folder, dict(os.environ), True)
        begin(connection, server, request, [0, 1, 2])
        code = number(connection)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
