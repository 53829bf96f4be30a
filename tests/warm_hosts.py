"""The process whose forks are warm hosts, for tests/warm_start.py: it has imported NumPy.

    python -P -s -S -X utf8 tests/warm_hosts.py SOCKET CHILD < settings

Each connection asks for a host: a line of JSON (folder, variables) with its control channel and
standard error as descriptors, answered by its number and a descriptor of the process. What is done
in a fork is what the untrusted side does in a process started afresh, and nothing is left out.
"""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import socket
import struct
import sys

_LONGEST = 1_000_000


def _serve(path: str, child: str) -> None:
    """Answer until whoever started this is gone."""
    settings = json.loads(sys.stdin.readline())
    _import_all(child, settings["modules"])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for hosts here
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path + ".new")
    listening.listen()
    os.rename(path + ".new", path)  # noqa: PTH104 - as few imports as can be
    while listening in select.select([0, listening], [], [])[0]:  # until standard input ends
        connection, _ = listening.accept()
        data, descriptors, _, _ = socket.recv_fds(connection, _LONGEST, 2)
        while not data.endswith(b"\n"):
            data += connection.recv(_LONGEST)
        process = os.fork()
        if process == 0:
            listening.close()
            connection.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _become_host(json.loads(data), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        handle = os.pidfd_open(process)
        socket.send_fds(connection, [struct.pack("<i", process)], [handle])
        os.close(handle)
        connection.close()


def _import_all(child: str, modules: dict[str, str]) -> None:
    """Import what every host does; see `grader.sandbox.child`, its `__main__` and `preload`."""
    from importlib.util import module_from_spec, spec_from_file_location

    sys.path[:] = [entry for entry in sys.path if entry and "site-packages" not in entry]
    spec = spec_from_file_location(
        "bpgrade_child", f"{child}/__init__.py", submodule_search_locations=[child]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules["bpgrade_child"] = module = module_from_spec(spec)
    spec.loader.exec_module(module)
    from bpgrade_child.source.imports import AllowedPackages

    sys.meta_path.append(AllowedPackages(modules))
    from bpgrade_child import entry_points, fork_server, preload, warm_up  # noqa: F401

    sys.meta_path.pop()
    gc.collect()
    gc.freeze()  # what is collected in a fork would be copied


def _become_host(request: dict[str, object], control: int, errors: int) -> None:
    """Be the host that the untrusted side's `fork` is in a process started afresh."""
    from bpgrade_child import entry_points

    os.setsid()
    os.chdir(str(request["folder"]))
    os.environ.clear()
    os.environ.update(request["variables"])  # type: ignore[call-overload]
    null = os.open(os.devnull, os.O_RDWR)
    for source, standard in ((null, 0), (null, 1), (errors, 2)):
        os.dup2(source, standard)
    sys.argv[1:] = []
    entry_points.fork(control)


if __name__ == "__main__":
    _serve(*sys.argv[1:])
