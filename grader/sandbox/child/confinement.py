"""What a submission's own process gives up before the submission is read."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from . import kernel

try:
    import resource
except ImportError:  # Windows has no limits of this kind
    resource = None  # type: ignore[assignment]

_MEGABYTE: Final = 1 << 20
_OTHER_TASKS: Final = 4096


@dataclass(frozen=True)
class Confinement:
    """What the trusted side has prepared for the process to shut itself in with.

    `layers` are those to apply, `ruleset` is a Landlock ruleset's descriptor, `program` a
    seccomp filter's instructions, in which `process_mark`, if it is not 0, stands for the
    process's number.
    """

    layers: tuple[str, ...]
    ruleset: int
    program: bytes
    process_mark: int

    @staticmethod
    def read(settings: Mapping[str, Any]) -> Confinement:
        """Return what the host's settings say."""
        return Confinement(
            tuple(settings["layers"]),
            settings["ruleset"],
            bytes.fromhex(settings["program"]),
            settings["process_mark"],
        )


def confine(wanted: Confinement) -> list[str]:
    """Apply the layers, for good, and return the names of those that do hold."""
    if "landlock" in wanted.layers or wanted.program:
        kernel.drop_privileges()
    if "landlock" in wanted.layers:
        kernel.restrict_files(wanted.ruleset)
        os.close(wanted.ruleset)
    if wanted.program:
        program = wanted.program
        if wanted.process_mark:
            mark = wanted.process_mark.to_bytes(4, sys.byteorder)
            program = program.replace(mark, os.getpid().to_bytes(4, sys.byteorder))
        kernel.filter_system_calls(program)
    return [layer for layer in wanted.layers if _HOLDS[layer]()]


def _files_are_closed() -> bool:
    try:
        os.close(os.open("/", os.O_RDONLY))
    except PermissionError:
        return True
    return False


def _calls_are_filtered() -> bool:
    return not kernel.may_ask_personality()


def _is_first_of_its_namespace() -> bool:
    return 1 in (os.getpid(), os.getppid())


_HOLDS: Final = {
    "landlock": _files_are_closed,
    "seccomp": _calls_are_filtered,
    "bubblewrap": _is_first_of_its_namespace,
}


def address_space() -> int:
    """Return the bytes of address space this process has mapped; 0 where that is not known."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def limits_to_set(limits: Mapping[str, Any]) -> list[tuple[int, int]]:
    """Return the kinds of limits that the system knows, with the value for each.

    To be asked for before the fork: it reads the address space and the limits there are, which the
    child has too, and what it touches need not be copied then.

    Parameters
    ----------
    limits : mapping
        `memory_megabytes`, `file_megabytes`, `cpu_seconds`, `processes` of the course.

    Notes
    -----
    The kernel counts a user's processes on the whole machine, so that limit can only keep
    a fork bomb from filling it. The host counts those of the submission, and ends it.
    """
    if resource is None:
        return []
    wanted = {
        "RLIMIT_AS": address_space() + limits["memory_megabytes"] * _MEGABYTE,
        "RLIMIT_FSIZE": limits["file_megabytes"] * _MEGABYTE,
        "RLIMIT_CPU": int(limits["cpu_seconds"]) + 1,
        "RLIMIT_NPROC": _OTHER_TASKS + limits["processes"],
        "RLIMIT_NOFILE": 64,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    kinds = [(getattr(resource, name, None), value) for name, value in wanted.items()]
    return [(kind, _within_hard(kind, value)) for kind, value in kinds if kind is not None]


def _within_hard(kind: int, value: int) -> int:
    hard = resource.getrlimit(kind)[1]
    return value if hard == resource.RLIM_INFINITY else min(value, hard)


def limit_resources(wanted: Sequence[tuple[int, int]]) -> list[str]:
    """Set this process's limits for good and return the names of the layers that hold."""
    if resource is None:
        return []
    for kind, value in wanted:
        try:
            resource.setrlimit(kind, (value, value))
        except (ValueError, OSError):
            if kind != resource.RLIMIT_AS:  # macOS refuses this one alone
                raise
    return ["rlimits"]
