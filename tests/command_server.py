"""Runs `bpgrade` in forks of a process that has imported it, for tests/command.py.

    python tests/command_server.py SOCKET commands|servers|clusters

Each connection is one command: a line of JSON (the fields of `command_client.Request`) with the
three standard streams as descriptors, answered by the process's number and then its exit code. A
command sees what it would in a process started afresh. One for servers has imported what those need
too (tests/warm_server.py); one for clusters runs `dask`.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import struct
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"  # never the developer's own

import command_client
import pytest
import warm_server
import warm_start

import grader.cli
from grader.diagnosis import diagnose
from grader.diagnosis.repair import trials
from grader.sandbox import host, launch, packages

_LONGEST = 1_000_000
_LEFT_OUT = (
    *("grader.__main__", "grader.sandbox.child."),
    *("grader.cluster.", "grader.lti.", "grader.server."),
)
"""What no command imports, or needs large libraries that few do."""
_LIBRARIES = (
    "jinja2",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "nbformat",
    "rich.markdown",
    "rich.progress",
    "rich.table",
)
"""What commands import where they need it."""


def serve(path: str, kind: str) -> None:
    """Answer until whoever started this is gone."""
    if kind == "servers":
        warm_server.prepare()
    if kind == "clusters":
        _prepare_clusters()
    trials.SLOWEST = 30.0  # beside other tests as much is found as on an idle machine
    for module in pkgutil.walk_packages(grader.__path__, "grader."):
        if not module.name.startswith(_LEFT_OUT):
            importlib.import_module(module.name)
    for name in _LIBRARIES:
        importlib.import_module(name)
    packages.locate(["numpy"])  # remembered by the forks, as is what its host needs
    packages.locate(host.PRIVATE_PACKAGES)
    warm_start.server(str(launch.child_folder()))
    gc.freeze()  # what is collected in a fork would be copied
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that answer
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(path + ".new")
    listening.listen()
    Path(path + ".new").rename(path)
    while listening in select.select([0, listening], [], [])[0]:  # until standard input ends
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _answer(connection)
            os._exit(0)
        connection.close()


def _prepare_clusters() -> None:
    import grader.cluster

    warnings.simplefilter("ignore")  # dask's own
    for name in ("dask.__main__", "distributed.cli.dask_scheduler", "distributed.cli.dask_worker"):
        importlib.import_module(name)
    for module in pkgutil.iter_modules(grader.cluster.__path__, "grader.cluster."):
        importlib.import_module(module.name)


def _answer(connection: socket.socket) -> None:
    data, descriptors, _, _ = socket.recv_fds(connection, _LONGEST, 3)
    while not data.endswith(b"\n"):
        data += connection.recv(_LONGEST)
    process = os.fork()
    if process == 0:
        connection.close()
        _run(json.loads(data), descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    connection.sendall(struct.pack("<i", process))
    handle = os.pidfd_open(process)
    if handle not in select.select([handle, connection], [], [])[0]:
        os.kill(process, signal.SIGKILL)  # whoever asked is gone, as a killed command would be
    _, status = os.waitpid(process, 0)
    connection.sendall(struct.pack("<i", os.waitstatus_to_exitcode(status)))


def _run(request: dict[str, Any], descriptors: list[int]) -> None:
    """Become the command."""
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["variables"])
    os.chdir(request["folder"])
    name, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    encoding = name or "utf-8"
    strict = errors or "strict"
    sys.stdin = os.fdopen(0, encoding=encoding, errors=strict)
    sys.stdout = os.fdopen(1, "w", encoding=encoding, errors=strict)
    sys.stderr = os.fdopen(2, "w", 1, encoding=encoding, errors="backslashreplace")
    if request["warm"]:
        patch = pytest.MonkeyPatch()
        warm_start.hosts(patch)
        warm_start.grading_processes(patch)
        warm_start.platforms(patch, command_client.words(sys.argv[1]))
        if sys.argv[2] == "servers" and warm_server.is_start(request["arguments"]):
            warm_server.serve(patch, Path(sys.argv[1]).with_name("migrated.sqlite3"))
    if request["repair_seconds"] is not None:
        diagnose.REPAIR_SECONDS = request["repair_seconds"]
    if sys.argv[2] == "clusters":
        tempfile.tempdir = None  # it is another one's
        os.setsid()
        warm_server.be(["-m", "dask.__main__", *request["arguments"]])
    sys.argv = ["bpgrade", *request["arguments"]]
    code = 0
    try:
        grader.cli.main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else end.code is not None
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    serve(*sys.argv[1:])
