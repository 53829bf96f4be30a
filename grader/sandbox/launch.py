"""Starting a process of the untrusted side behind the layers that are asked for."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import socket
import subprocess
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import grader.sandbox.child
from grader.interpreter import socket_pair
from grader.quick_dataclass import dataclass
from grader.sandbox import bytecode, read_allow_list
from grader.sandbox.child import framing
from grader.sandbox.packages import NO_PACKAGES, Packages

_KEPT_VARIABLES: Final = ("LD_LIBRARY_PATH", "SYSTEMROOT")
_THREADS: Final = (
    *("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"),
    *("NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "RAYON_NUM_THREADS"),
)
_KERNEL_LAYERS: Final = ("landlock", "seccomp", "bubblewrap")


@dataclass(frozen=True, slots=True)
class SandboxFolders:
    """Where a child lives: its scratch folder, and packages.

    `offered` are those of the course, `private` what the child needs for itself. `data` is a
    folder whose files it may read, `usual` are modules that it imports beforehand. `for_many` says
    that it is forked for many submissions, and not for one.
    """

    scratch: Path
    offered: Packages = NO_PACKAGES
    private: Packages = NO_PACKAGES
    data: Path | None = None
    usual: tuple[str, ...] = ()
    for_many: bool = True

    @property
    def readable(self) -> list[Path]:
        """What may be read: packages and data."""
        private = replace(self.private, metadata=())
        data = [self.data.resolve()] if self.data else []
        return list(dict.fromkeys((*private.paths, *self.offered.paths, *data)))

    def settings(self) -> dict[str, Any]:
        """Return what the child is told of packages and data."""
        return {
            "offered": self.offered.offered,
            "modules": {**self.private.modules, **self.offered.modules},
            "hidden": sorted(self.private.modules.keys() - self.offered.modules.keys()),
            "data": str(self.data.resolve()) if self.data else "",
            "usual": self.usual,
            "for_many": self.for_many,
            "metadata": [str(path) for path in self.offered.metadata],
        }


def start(
    mode: str, layers: Collection[str], place: SandboxFolders
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start a child in a mode of `sandbox.child.entry_points`; return it and its control channel.

    Nothing about the course or the caller reaches it: not by its arguments, environment,
    open descriptors or settings.
    """
    layers = [layer for layer in _KERNEL_LAYERS if layer in layers]
    _keep_bytecode()
    control, theirs = socket_pair()
    with contextlib.ExitStack() as opened:
        opened.enter_context(theirs)
        before, child, scratch, passed = _outer(layers, place, opened)
        ruleset = _ruleset(layers, place, opened)
        process = subprocess.Popen(
            [*before, *command(child, mode), str(theirs.fileno())],
            pass_fds=[theirs.fileno(), *passed, *ruleset],
            env=environment(scratch),
            cwd=place.scratch,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    settings = {
        **confinement_settings(layers, ruleset),
        **place.settings(),
        "scratch": scratch,
    }
    with contextlib.suppress(OSError):  # it has ended: noticed by whoever waits for its answer
        framing.write_message(control.fileno(), json.dumps(settings).encode())
    return process, control


@functools.cache
def _keep_bytecode() -> None:
    """Keep the child's bytecode: once for a process, which may start a child for each file."""
    bytecode.keep(str(child_folder()))


def child_folder() -> Path:
    """Return the folder of the untrusted side's code."""
    return Path(grader.sandbox.child.__file__).resolve().parent


def command(child: str, mode: str) -> list[str]:
    """Return the command of a child: Python without site-packages, in UTF-8."""
    return [str(read_allow_list.program()), "-P", "-s", "-S", "-X", "utf8", child, mode]


def environment(scratch: str) -> dict[str, str]:
    """Return a child's whole environment."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    one_thread = dict.fromkeys(_THREADS, "1")
    return {
        **kept,
        **one_thread,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": scratch,
        "TMPDIR": scratch,
        "MPLBACKEND": "agg",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _outer(
    layers: Collection[str], place: SandboxFolders, opened: contextlib.ExitStack
) -> tuple[list[str], str, str, list[int]]:
    """Return the words before the command, the child's and the scratch folder, descriptors."""
    if "bubblewrap" not in layers:
        return [], str(child_folder()), str(place.scratch), []
    from grader.sandbox import bubblewrap

    words, arguments = bubblewrap.command(
        read_allow_list.interpreter(), place.readable, child_folder(), place.scratch
    )
    opened.callback(os.close, arguments)
    return [*words, str(arguments)], bubblewrap.CHILD, bubblewrap.SCRATCH, [arguments]


def _ruleset(
    layers: Collection[str], place: SandboxFolders, opened: contextlib.ExitStack
) -> list[int]:
    if "landlock" not in layers:
        return []
    from grader.sandbox import landlock_rules

    paths = [*read_allow_list.interpreter().without_hidden, *place.readable]
    ruleset = landlock_rules.create(paths, place.scratch)
    opened.callback(os.close, ruleset)
    return [ruleset]


def confinement_settings(layers: Collection[str], ruleset: list[int]) -> dict[str, Any]:
    """Return the settings that `grader.sandbox.child.confinement.Confinement` is read from."""
    settings: dict[str, Any] = {
        "layers": list(layers),
        "ruleset": ruleset[0] if ruleset else -1,
        "program": "",
        "process_mark": 0,
    }
    if "seccomp" in layers:
        from grader.sandbox import seccomp_rules

        settings["program"] = seccomp_rules.program().hex()
        settings["process_mark"] = seccomp_rules.PROCESS_MARK
    elif "bubblewrap" in layers:
        from grader.sandbox import seccomp_gaps

        settings["program"] = seccomp_gaps.program().hex()
    return settings
