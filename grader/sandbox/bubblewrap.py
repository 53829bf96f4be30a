"""bubblewrap: the command that puts a whole fork server into namespaces of its own."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from grader.sandbox.read_allow_list import DEVICES, MACHINE, Interpreter

SCRATCH: Final = "/scratch"
CHILD: Final = "/child"
_NOBODY: Final = "65534"
_NAMESPACES: Final = ("user", "ipc", "pid", "net", "uts")
_HELP_SECONDS: Final = 10.0


@functools.cache
def program() -> str | None:
    """Return where bubblewrap is; None where it is not installed."""
    return shutil.which("bwrap")


@functools.cache
def _forbids_more_namespaces() -> bool:
    """Return whether this version (0.8 or later) can keep those inside from making others."""
    done = subprocess.run(
        [str(program()), "--help"], capture_output=True, check=False, timeout=_HELP_SECONDS
    )
    return b"--disable-userns" in done.stdout + done.stderr


def command(
    python: Interpreter, packages: Iterable[Path], child: Path, scratch: Path
) -> tuple[list[str], int]:
    """Return the words to put before a child's command, and a descriptor that it must inherit.

    Inside, the child's folder is `CHILD` and the scratch folder `SCRATCH`, so that no path
    tells where the grader lies. The arguments are read from the descriptor, for the same reason.

    `--die-with-parent` is not used: the kernel means the thread that started it, which may
    end long before the grader does. The host ends with its control channel instead.
    """
    arguments = [f"--unshare-{name}" for name in _NAMESPACES]
    arguments += ["--unshare-cgroup-try", "--uid", _NOBODY, "--gid", _NOBODY]
    arguments += ["--hostname", "sandbox", "--as-pid-1", "--cap-drop", "ALL"]
    if _forbids_more_namespaces():
        arguments.append("--disable-userns")
    arguments += ["--proc", "/proc", *_read_only([Path(MACHINE)])]
    arguments += [word for path in DEVICES for word in ("--dev-bind-try", path, path)]
    arguments += _read_only(python.paths)
    for path in python.hidden_inside:
        arguments += ["--tmpfs", str(path)]
    arguments += _read_only(packages)
    for path in python.hidden_inside:
        arguments += ["--remount-ro", str(path)]
    arguments += ["--ro-bind", str(child), CHILD, "--bind", str(scratch), SCRATCH]
    # bubblewrap leaves the kernel's settings in /proc/sys writable to a caller who is root
    arguments += ["--remount-ro", "/proc", "--remount-ro", "/", "--chdir", SCRATCH]
    return [str(program()), "--args"], _held(arguments)


def _read_only(paths: Iterable[Path]) -> list[str]:
    return [word for path in paths for word in ("--ro-bind", str(path), str(path))]


def _held(arguments: Sequence[str]) -> int:
    """Return a descriptor that the arguments can be read from."""
    descriptor = os.memfd_create("arguments")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(b"\0".join(map(os.fsencode, arguments)) + b"\0")
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor
