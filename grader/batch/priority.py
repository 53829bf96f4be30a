"""Who goes first where the processors are not enough: those that take long go behind all others.

An endless loop would take as much of a processor as everybody who waits for an answer. What a
submission is kept waiting is given back to it (`sandbox/deadline.py`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from pathlib import Path
from typing import Final

from grader.sandbox.child.processes import descendants

_BEHIND: Final = 5  # a third of the share that it would have
_TICK: Final = 0.01  # seconds: when a process was started is known no better


def let_others_first(root: int, since: float) -> None:
    """Lower the priority of the processes below `root` that have been started since then.

    Those that are older are kept for the next, and a priority can't be raised again.

    Parameters
    ----------
    root : int
    since : float
        By the monotonic clock.
    """
    if sys.platform != "linux":
        return
    with contextlib.suppress(OSError):  # it has ended meanwhile
        nice = os.getpriority(os.PRIO_PROCESS, root) + _BEHIND
        for process in descendants(root):
            if _started(process) > since - 2 * _TICK:
                _set(process, nice)


def _started(process: int) -> float:
    """Return when a process was started, by the monotonic clock; 0 where it has ended."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - int(fields[19]) * _TICK
    return time.monotonic() - age


def _set(process: int, nice: int) -> None:
    with contextlib.suppress(OSError):  # it has ended meanwhile
        os.setpriority(os.PRIO_PROCESS, process, nice)
    # where the kernel shares processors out by sessions, only their own weights count
    with contextlib.suppress(OSError):  # elsewhere there is no such file, or not for us
        Path(f"/proc/{process}/autogroup").write_text(str(nice))
