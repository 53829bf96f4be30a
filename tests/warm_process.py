"""Processes that others are forks of: one of each kind for a whole run of tests."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from waiting import wait_for

_VARIABLE = "BPGRADE_TESTS_{}"


def share(kind: str, socket: str) -> None:
    """Let the processes that this one starts use a process that it has started."""
    os.environ[_VARIABLE.format(kind.upper())] = socket


def shared(kind: str) -> str:
    """Return the socket of such a process of the one that has started this one, or nothing."""
    return os.environ.get(_VARIABLE.format(kind.upper()), "")


def start(
    words: Sequence[str], environment: Mapping[str, str] | None, settings: bytes, more: str
) -> str:
    """Start `words` with the path of a socket, and `more`; return the path.

    It reads `settings` from its standard input, and ends when that ends: with this process.
    """
    folder = Path(tempfile.mkdtemp(prefix="bpgrade-tests-"))
    path = folder / "socket"
    line = [*words, str(path), more]
    started = subprocess.Popen(line, stdin=subprocess.PIPE, env=environment)
    assert started.stdin is not None
    started.stdin.write(settings)
    started.stdin.flush()
    atexit.register(_end, os.getpid(), started, folder)
    return str(path)


@functools.cache
def await_socket(path: str) -> str:
    """Wait until a process answers at its socket; return the path."""
    wait_for(Path(path).exists, "the process that others are forks of answers")
    return path


def _end(starter: int, started: subprocess.Popen[bytes], folder: Path) -> None:
    if os.getpid() != starter:  # a fork of the process that has started it
        return
    assert started.stdin is not None
    started.stdin.close()
    started.wait()
    shutil.rmtree(folder)
