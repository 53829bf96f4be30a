"""Starts processes of the grader as forks of others that have imported what these will need.

Importing takes most of a process's start, a thousand times over. So here
- the warm hosts of basic isolation are forks of tests/warm_hosts.py, where they are like most;
- the grading processes of a batch are forks of the batch;
- the commands of packages on trial are forks of tests/command_server.py.
All others start as ever, among them those of commands that are processes of their own, and of the
tests of isolation.
"""

from __future__ import annotations

import atexit
import functools
import json
import os
import shlex
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import warm_process
from forked import Forked

from grader.sandbox import launch, packages

_PROGRAM = Path(__file__).with_name("warm_hosts.py")
_OWN = ("HOME", "TMPDIR")


def hosts(patch: pytest.MonkeyPatch) -> None:
    """Have hosts started so from now on."""
    patch.setattr("grader.sandbox.launch.subprocess", _with(_host))


def grading_processes(patch: pytest.MonkeyPatch) -> None:
    """Have grading processes started so from now on: this process has no threads."""
    patch.setattr("grader.batch.grading_process.subprocess", _with(_grading_process))


def platforms(patch: pytest.MonkeyPatch, words: list[str]) -> None:
    """Have `words` be the command `bpgrade` that packages on trial call, and that grades in them.

    That it is a process like any other there is for tests/test_platforms_layout.py to show.
    """
    from grader.platforms import grading, trial

    install, command = trial.install, grading._command

    def install_warm(venv: Path, isolation: str = "strict") -> None:
        install(venv, isolation)
        line = f'exec {shlex.join(words)} "$@" --isolation={isolation}'
        (venv / "bin" / "bpgrade").write_text(f"#!/bin/sh\n{line}\n", "utf-8")

    def command_warm(*arguments: Any) -> list[str]:
        found = command(*arguments)
        assert found[:4] == [sys.executable, "-P", "-m", "grader"]
        return [*words, *found[4:]]

    patch.setattr(trial, "install", install_warm)
    patch.setattr(grading, "_command", command_warm)


def _with(start: Callable[..., Any]) -> SimpleNamespace:
    """Return what stands for the module `subprocess`."""
    return SimpleNamespace(**{**vars(subprocess), "Popen": start})


def _host(words: list[str], **options: Any) -> Any:
    """Start what holds submissions as `Popen` does: a fork, where it is a host like most."""
    child = str(launch.child_folder())
    variables = options["env"]
    usual = launch.environment("")
    is_like_most = (
        words[:-1] == launch.command(child, "fork")
        and len(options["pass_fds"]) == 1
        and {**variables, **dict.fromkeys(_OWN, "")} == {**usual, **dict.fromkeys(_OWN, "")}
    )
    if not is_like_most:
        return subprocess.Popen(words, **options)
    request = {"folder": str(options["cwd"]), "variables": variables}
    errors, their_errors = os.pipe()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(None)  # whatever a test has told all sockets
        connection.connect(server(child))
        socket.send_fds(connection, [b"{"], [options["pass_fds"][0], their_errors])
        os.close(their_errors)
        connection.sendall(json.dumps(request)[1:].encode() + b"\n")
        data, [handle], _, _ = socket.recv_fds(connection, 4, 1)
    return Forked(struct.unpack("<i", data)[0], handle, os.fdopen(errors, "rb"))


@functools.cache
def server(child: str) -> str:
    """Start the process that is forked, once for a run of tests; return the path of its socket."""
    return warm_process.await_socket(warm_process.shared("hosts") or begin_server(child))


def begin_server(child: str) -> str:
    """Start that process; return the path at which its socket will be."""
    modules = packages.locate(["numpy", "msgpack"]).modules
    settings = json.dumps({"modules": modules}).encode() + b"\n"
    *words, _mode = launch.command(str(_PROGRAM), "")
    environment = launch.environment(tempfile.gettempdir())
    return warm_process.start(words, environment, settings, child)


def _grading_process(words: list[str], *, pass_fds: list[int], **_options: Any) -> Forked:
    """Start a grading process as a fork of the batch, which is this process."""
    from grader.batch import grading_process_main

    assert words[1:-2] == ["-P", "-m", grading_process_main.__name__]
    [wire] = pass_fds
    sys.stdout.flush()
    process = os.fork()
    if process:
        return Forked(process, os.pidfd_open(process))
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    atexit._clear()  # first: what it lets go of closes its own files
    os.closerange(3, wire)
    os.closerange(wire + 1, os.sysconf("SC_OPEN_MAX"))
    sys.argv = ["bpgrade", *words[-2:]]
    code = 0
    try:
        grading_process_main.main()
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()
    os._exit(code)
