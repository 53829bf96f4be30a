"""The command `bpgrade`, run as a user runs it: a process with its own folder and variables.

Importing NumPy and pytest afresh takes half of a short command's time, a thousand times over. So a
command is a fork of a process that has imported both (tests/command_server.py), unless its
environment differs in a variable that Python reads at its start.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any, Literal

import warm_process
import warm_server
from command_client import Request, begin, number
from warm_server import WarmCommand

_SERVER = Path(__file__).parent / "command_server.py"
Kind = Literal["commands", "servers", "clusters"]
_READ_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "OMP_", "OPENBLAS_", "MKL_")


def run_command(
    *arguments: object,
    folder: Path | str | None = None,
    variables: Mapping[str, str] | None = None,
    seconds: float = 120,
    warm: bool = True,
    repair_seconds: float | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run `bpgrade ARGUMENTS` to its end; standard input is empty.

    Parameters
    ----------
    folder : Path, optional
        The working folder; that of the tests unless given.
    variables : mapping of str to str, optional
        The whole environment; that of the tests unless given.
    seconds : float
        Raises subprocess.TimeoutExpired if it takes longer.
    warm : bool
        Whether the hosts of its sandbox may be forks of a warm process; see tests/warm_start.py.
    repair_seconds : float, optional
        The processor time in which repairs of a submission are looked for; as ever unless given.
    """
    words = [str(argument) for argument in arguments]
    own = dict(os.environ if variables is None else variables)
    if _at_start(own) != _at_start(os.environ):
        return subprocess.run(
            [sys.executable, "-m", "grader", *words],
            cwd=folder,
            env=own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding=own.get("PYTHONIOENCODING", "utf-8").partition(":")[0],
            errors="backslashreplace",
            timeout=seconds,
            check=False,
        )
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        request = Request(words, os.fspath(folder or Path.cwd()), own, warm, repair_seconds)
        code = _forked(request, output, errors, seconds)
        return subprocess.CompletedProcess(words, code, _text(output), _text(errors))


def _at_start(variables: Mapping[str, str]) -> dict[str, str]:
    """Return those that Python reads when it starts, and that a fork can't follow."""
    followed = ("PYTHONIOENCODING", "PYTHONDONTWRITEBYTECODE", "PYTHON_KEYRING_BACKEND")
    return {
        name: value
        for name, value in variables.items()
        if name.startswith(_READ_AT_START) and name not in followed
    }


def _forked(request: Request, output: Any, errors: Any, seconds: float) -> int:
    """Run it in a fork; return its exit code, the negative number of a signal that ended it."""
    with socket.socket(socket.AF_UNIX) as connection, Path(os.devnull).open("rb") as nothing:
        connection.settimeout(seconds)
        streams = [nothing.fileno(), output.fileno(), errors.fileno()]
        words = request.arguments
        is_of_a_server = words[:1] == ["serve"] and not warm_server.is_start(words)
        kind: Kind = "servers" if is_of_a_server else "commands"  # with what it needs imported
        process = begin(connection, server(kind), request, streams)
        try:
            return number(connection)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            raise subprocess.TimeoutExpired(request.arguments, seconds) from None


def begin_serving(*arguments: str, log: IO[bytes], variables: Mapping[str, str]) -> WarmCommand:
    """Begin `bpgrade ARGUMENTS`, which starts a server, as a fork; see tests/warm_server.py."""
    output, their_output = os.pipe()
    connection, process = _begin("servers", arguments, their_output, log, variables)
    os.close(their_output)
    return WarmCommand(connection, process, output)


def begin_dask(*arguments: str, log: IO[bytes], variables: Mapping[str, str]) -> WarmCommand:
    """Begin `dask ARGUMENTS`, a scheduler or a worker, as a fork; all it says goes to `log`."""
    return WarmCommand(*_begin("clusters", arguments, log.fileno(), log, variables), None)


def _begin(
    kind: Kind,
    arguments: Sequence[str],
    output: int,
    log: IO[bytes],
    variables: Mapping[str, str],
) -> tuple[socket.socket, int]:
    connection = socket.socket(socket.AF_UNIX)
    with Path(os.devnull).open("rb") as nothing:
        request = Request(list(arguments), os.fspath(Path.cwd()), dict(variables), True)
        streams = [nothing.fileno(), output, log.fileno()]
        return connection, begin(connection, server(kind), request, streams)


def _text(file: Any) -> str:
    file.seek(0)
    text: str = file.read().decode("utf-8", "backslashreplace")
    return text.replace("\r\n", "\n")


@functools.cache
def server(kind: Kind = "commands") -> str:
    """Start the server, once for a run of tests; return the path of its socket."""
    shared = warm_process.shared(kind)
    return warm_process.await_socket(shared or begin_server(kind))


def begin_server(kind: str) -> str:
    """Start the server; return the path at which its socket will be."""
    return warm_process.start([sys.executable, str(_SERVER)], None, b"", kind)
