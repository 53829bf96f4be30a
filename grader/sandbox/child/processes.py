"""The processes below one: counting them, and ending them all."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Final

_PROC: Final = Path("/proc")
_END_SECONDS: Final = 5.0


def descendants(root: int) -> list[int]:
    """Return the processes that `root` is an ancestor of, those nearest to it first."""
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    if not own.exists():  # a kernel that does not list children
        return _scan(root)
    found: list[int] = []
    level = [root]
    while level:
        level = [child for parent in level for child in _children(parent)]
        found.extend(level)
    return found


def _children(parent: int) -> list[int]:
    children: list[int] = []
    try:
        for task in Path(f"/proc/{parent}/task").iterdir():
            children.extend(map(int, (task / "children").read_text().split()))
    except OSError:  # it, or this thread of it, has ended meanwhile
        return children
    return children


def _scan(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue  # it has ended meanwhile
            children.setdefault(parent, []).append(int(entry.name))
    found: list[int] = []
    level = [root]
    while level:
        level = [child for parent in level for child in children.get(parent, [])]
        found.extend(level)
    return found


def count_tasks(processes: list[int]) -> int:
    """Return how many threads these processes have together."""
    total = 0
    for process in processes:
        try:
            total += Path(f"/proc/{process}/task").stat().st_nlink - 2
        except OSError:  # it has ended meanwhile
            continue
    return total


def kept_waiting(process: int) -> int:
    """Return the microseconds that a process was ready to run and others had the processors.

    0 where the kernel doesn't count them.
    """
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) // 1000
    except (OSError, IndexError, ValueError):
        return 0


def send(process: int, number: int) -> None:
    """Send a signal to a process that may have ended already."""
    try:
        os.kill(process, number)
    except (ProcessLookupError, PermissionError):
        return


def memory(processes: list[int]) -> int:
    """Return the bytes of memory, files' pages aside, that these processes hold together."""
    total = 0
    for process in processes:
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:  # it has ended meanwhile
            continue
        for line in status.splitlines():
            if line.startswith(("RssAnon:", "RssShmem:")):
                total += int(line.split()[1]) << 10
    return total


def shared_memory() -> int:
    """Return the bytes of the System V shared memory in this namespace."""
    try:
        lines = Path("/proc/sysvipc/shm").read_text().splitlines()
    except OSError:  # a kernel without it
        return 0
    resident = lines[0].split().index("rss")
    return sum(int(line.split()[resident]) for line in lines[1:])


def end_below() -> bool:
    """End all processes below this one, which must be the adopter of their orphans.

    Returns whether they have ended.
    """
    limit = time.monotonic() + _END_SECONDS
    while time.monotonic() < limit:
        try:
            done, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if done:
            continue
        kill_below(os.getpid())
        time.sleep(0.001)
    return False


def kill_below(root: int) -> None:
    """Kill what `root` has started: all at once where it is the first of a namespace."""
    if root == 1:
        send(-1, signal.SIGKILL)
        return
    below = descendants(root)
    for number in (signal.SIGSTOP, signal.SIGKILL):  # stopped first: none forks meanwhile
        for process in below:
            send(process, number)
