"""Servers whose processes are forks of one that has imported what they need: tests/serving.py.

A start of `bpgrade serve` is five processes or more, each with a second of imports, and a new
database takes 22 migrations. So here the command is a fork of a command server of its own
(tests/command_server.py), and before it begins it makes spare forks of itself, as which its
processes then go on. Each does what the process of that command does; what it was given is all that
it has. What a start is, processes and all, tests see with `served(..., warm=False)`.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import pytest
from forked import Forked

_LONGEST: Final = 1_000_000
_SPARE: Final = {"serve": 3, "grader.server.worker_main": 4}
"""How many processes a process has for what it starts; those beyond are started as ever."""
_LIBRARIES: Final = (
    "argon2",
    "csp.middleware",
    "django.contrib.auth.hashers",
    "django.contrib.sessions.middleware",
    "django.contrib.staticfiles.storage",
    "django.core.handlers.asgi",
    "django.core.management.commands.migrate",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.forms",
    "django.template.backends.jinja2",
    "django.views.decorators.csrf",
    "granian.cli",
    "granian.server",
    "httpx",
    "joserfc.jwk",
    "joserfc.jwt",
    "whitenoise.middleware",
)


def prepare() -> None:
    """Import what a server's processes will, as far as that needs no settings."""
    import grader.lti

    for name in _LIBRARIES:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(grader.lti.__path__, "grader.lti."):
        importlib.import_module(module.name)


def is_start(words: Sequence[str]) -> bool:
    """Return whether `bpgrade WORDS` starts a server: `serve` with options, and no subcommand."""
    return words[:1] == ["serve"] and words[1:2] != [] and words[1].startswith("--")


def serve(patch: pytest.MonkeyPatch, migrated: Path) -> None:
    """Make this process ready to be `bpgrade serve`.

    Parameters
    ----------
    migrated : Path
        An SQLite database without rows, as the first server makes it.
    """
    from grader.server import serving
    from grader.server.operations import databases

    patch.setattr(serving, "subprocess", _Spares("serve").subprocess)
    migrate = databases.migrate

    def migrate_a_copy(alias: str, *, as_is: str = "") -> None:
        from django.db import connections

        settings = connections[alias].settings_dict
        is_new = "sqlite3" in settings["ENGINE"] and databases.is_empty(alias) and not as_is
        if is_new and migrated.exists():
            connections[alias].close()
            _copy(migrated, Path(settings["NAME"]))
        migrate(alias, as_is=as_is)
        if is_new and not migrated.exists():
            own = migrated.with_suffix(f".{os.getpid()}")
            _copy(Path(settings["NAME"]), own)
            own.rename(migrated)

    patch.setattr(databases, "migrate", migrate_a_copy)


def _copy(source: Path, target: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(source)) as read,
        contextlib.closing(sqlite3.connect(target)) as written,
    ):
        read.backup(written)


class _Spares:
    """Forks of this process, made while it has no threads, that wait to become its children."""

    def __init__(self, name: str) -> None:
        self._waiting: list[tuple[int, socket.socket]] = []
        for _number in range(_SPARE.get(name, 0)):
            ours, theirs = socket.socketpair()
            process = os.fork()
            if process == 0:
                ours.close()
                _wait_to_become(theirs)
            theirs.close()
            self._waiting.append((process, ours))
        self.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": self.popen})

    def popen(self, words: Sequence[str], **options: Any) -> Any:
        """Start a process as `Popen` does."""
        if not self._waiting:
            return subprocess.Popen(words, **options)
        process, connection = self._waiting.pop()
        passed = list(options.get("pass_fds", ()))
        request = {
            "words": list(words),
            "passed": passed,
            "variables": dict(options.get("env") or os.environ),
            "reads": "stdin" not in options,
        }
        with connection:
            socket.send_fds(connection, [b"{"], passed)
            connection.sendall(json.dumps(request)[1:].encode() + b"\n")
        return Forked(process, os.pidfd_open(process))


def _wait_to_become(connection: socket.socket) -> None:
    """Wait for a command, and be its process; end with whoever might have started one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's, meant for who is at work
    data, descriptors, _, _ = socket.recv_fds(connection, _LONGEST, 8)
    if not data:
        os._exit(0)
    while not data.endswith(b"\n"):
        data += connection.recv(_LONGEST)
    request = json.loads(data)
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if not request["reads"]:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    kept = _moved(descriptors, request["passed"])
    atexit._clear()
    lowest = 3
    for descriptor in [*sorted(kept), os.sysconf("SC_OPEN_MAX")]:
        os.closerange(lowest, descriptor)
        lowest = descriptor + 1
    os.environ.clear()
    os.environ.update(request["variables"])
    be(request["words"])


def _moved(descriptors: Sequence[int], numbers: Sequence[int]) -> Sequence[int]:
    """Give the descriptors the numbers that they had where they come from."""
    apart = [os.dup(os.dup2(one, 500 + place)) for place, one in enumerate(descriptors)]
    for one, number in zip(apart, numbers, strict=True):
        os.dup2(one, number, inheritable=True)
    return numbers


def be(words: Sequence[str]) -> None:
    """Be a process of `python -m MODULE ARGUMENTS`, to its end."""
    place = words.index("-m")
    module, arguments = words[place + 1], words[place + 2 :]
    if module in _SPARE:
        from grader.batch import grading_process

        grading_process.subprocess = _Spares(module).subprocess  # type: ignore[attr-defined]
    Path("/proc/self/comm").write_text(module.rpartition(".")[2])  # what `Served.children` looks at
    sys.argv = [module, *arguments]
    sys.modules.pop(module, None)
    sys.path[:] = [entry for entry in sys.path if entry != str(Path(__file__).parent)]
    code: object = 0
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else code is not None)


class WarmCommand(Forked):
    """A command that a command server runs."""

    def __init__(self, connection: socket.socket, pid: int, output: int | None) -> None:
        super().__init__(pid, connection.detach())
        self.stdout = None if output is None else os.fdopen(output, encoding="utf-8")

    def _read_code(self) -> int:
        from command_client import number

        with socket.socket(fileno=os.dup(self._end)) as connection:
            return number(connection)
