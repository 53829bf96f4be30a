"""Breaking each layer from inside, to see what holds on this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from grader.course import Limits
from grader.errors import IsolationError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import Outcome
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import Isolation, resolve
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

_LIMITS: Final = Limits(call_seconds=5.0, memory_megabytes=64, file_megabytes=1)
_IMPATIENT: Final = replace(_LIMITS, call_seconds=0.3)
_TOO_MUCH: Final = 256  # megabytes

_SUBMISSION: Final = """
import os, signal, socket, sys

def read(path):
    with open(path) as file:
        file.read(1)

def write(path):
    with open(path, "w") as file:
        file.write("x")

def connect(port):
    socket.create_connection(("127.0.0.1", port), 0.4).close()

def signal_process(process):
    os.kill(process, signal.SIGCONT)

def start_process():
    if os.fork() == 0:
        os._exit(0)
    os.wait()

def run_program():
    os.execv(sys.executable, [sys.executable, "-c", ""])

def take_memory(megabytes):
    return len(bytearray(megabytes << 20))

def fill_file(path, megabytes):
    with open(path, "wb") as file:
        for _ in range(megabytes):
            file.write(bytes(1 << 20))

def leave():
    os._exit(0)

def run_on():
    while True:
        pass
"""


@dataclass(frozen=True, slots=True)
class Escape:
    """One attempt: what was tried, whether it was stopped, and by what words."""

    attempt: str
    stopped: bool
    answer: str


@dataclass(frozen=True, slots=True)
class _Outside:
    """What lies outside the sandbox for a submission to reach for."""

    secret: Path
    untouched: Path
    port: int
    process: int


_NOTICING: Final = """
import os, signal, sys
signal.signal(signal.SIGCONT, lambda *_: os._exit(0))
print(flush=True)
sys.stdin.read()
"""
_ARRIVES_SECONDS: Final = 1.0


@contextmanager
def _noticing_process() -> Iterator[int]:
    """Have a process that ends where it is signalled, or with this one; return its number.

    That it ends, and no error, tells: in a namespace its number may be another process's.
    """
    words = [sys.executable, "-ISc", _NOTICING]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield process.pid
        finally:
            process.kill()


def _was_signalled(process: int) -> bool:
    """Return whether a process that notices has ended, or does in a moment."""
    end = time.monotonic() + _ARRIVES_SECONDS
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


_Attempt = tuple[str, str, Callable[[_Outside], Sequence[Any]]]
_READ: Final[_Attempt] = (_("read a file of yours"), "read", lambda out: [str(out.secret)])
_PASSWD: Final[_Attempt] = (_("read /etc/passwd"), "read", lambda _out: ["/etc/passwd"])
_WRITE: Final[_Attempt] = (_("write outside"), "write", lambda out: [str(out.untouched)])
_CONNECT: Final[_Attempt] = (_("reach a local port"), "connect", lambda out: [out.port])
_SIGNAL: Final[_Attempt] = (_("signal the grader"), "signal_process", lambda out: [out.process])
_FORK: Final[_Attempt] = (_("start a process"), "start_process", lambda _out: [])
_EXEC: Final[_Attempt] = (_("run a program"), "run_program", lambda _out: [])
_MEMORY: Final[_Attempt] = (_("exceed its memory"), "take_memory", lambda _out: [_TOO_MUCH])
_FILL: Final[_Attempt] = (_("write a huge file"), "fill_file", lambda _out: ["huge", 4])
_LEAVE: Final[_Attempt] = (_("end the grader"), "leave", lambda _out: [])
_RUN_ON: Final[_Attempt] = (_("run without end"), "run_on", lambda _out: [])

_ATTEMPTS: Final[dict[str, tuple[_Attempt, ...]]] = {
    "process": (_LEAVE,),
    "wall clock": (_RUN_ON,),
    "rlimits": (_MEMORY, _FILL),
    "landlock": (_READ, _PASSWD, _WRITE),
    "seccomp": (_CONNECT, _SIGNAL, _FORK, _EXEC),
    "bubblewrap": (_READ, _PASSWD, _WRITE, _CONNECT, _SIGNAL),
}
_REACHING: Final = (_READ, _PASSWD, _WRITE, _CONNECT, _SIGNAL)
BASIC: Final = ("process", "wall clock", "rlimits")


def attempt(layer: str) -> tuple[Escape, ...]:
    """Return what became of each attempt against one layer, with no other kernel layer there.

    Raises
    ------
    IsolationError
        The layer cannot even be applied.
    """
    isolation = resolve("basic") if layer in BASIC else Isolation("strict", frozenset([layer]))
    with tempfile.TemporaryDirectory(prefix="bpgrade-doctor-") as folder:
        secret = Path(folder, "secret")
        secret.write_text("secret", encoding="utf-8")
        return _try_all(isolation, secret, _ATTEMPTS[layer])


def reach_out(isolation: Isolation, secret: Path) -> tuple[Escape, ...]:
    """Return what became of each attempt to reach out of an isolation as a whole.

    `secret` is an existing file that submissions must not read; nor write in its folder.

    Raises
    ------
    IsolationError
        The isolation cannot be had.
    """
    return _try_all(isolation, secret, _REACHING)


def _try_all(
    isolation: Isolation, secret: Path, attempts: Sequence[_Attempt]
) -> tuple[Escape, ...]:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        SandboxHost(isolation, ["numpy"]) as host,
        _noticing_process() if _SIGNAL in attempts else nullcontext(0) as process,
    ):
        untouched = secret.with_name("untouched")
        outside = _Outside(secret, untouched, server.getsockname()[1], process)
        return tuple(_try(host, outside, *each) for each in attempts)


def _try(
    host: SandboxHost,
    outside: _Outside,
    name: str,
    function: str,
    arguments: Callable[[_Outside], Sequence[Any]],
) -> Escape:
    limits = _IMPATIENT if function == "run_on" else _LIMITS
    session = SubmissionSession(host, SubmissionSource((CodeBlock("trial", _SUBMISSION),)), limits)
    try:
        session.call(function, arguments(outside))
    except CallFailure as failure:
        answer = failure.feedback.splitlines()[-1]
        if failure.outcome is Outcome.ERROR:
            return Escape(name, answer.partition(":")[0] in _REFUSALS, answer)
        return Escape(name, failure.outcome is _ENDS.get(function), answer)
    finally:
        session.close()
    if function == "signal_process" and not _was_signalled(outside.process):
        return Escape(name, True, _("another process has that number there"))
    return Escape(name, False, _("nothing stopped it"))


_REFUSALS: Final = frozenset(
    cls.__name__
    for cls in (
        OSError,
        PermissionError,
        FileNotFoundError,
        ProcessLookupError,
        ConnectionRefusedError,
        TimeoutError,
    )
)
_ENDS: Final = {
    "take_memory": Outcome.OUT_OF_MEMORY,
    "leave": Outcome.DIED,
    "run_on": Outcome.TIMEOUT,
}


def attempt_or_explain(layer: str) -> tuple[tuple[Escape, ...], str]:
    """Return the trials of a layer, and why there are none if it cannot be applied."""
    try:
        return attempt(layer), ""
    except IsolationError as error:
        return (), error.message
