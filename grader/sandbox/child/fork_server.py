"""The warm host: imports the course's packages once, then forks a child for each submission.

The trusted side asks over the control channel, one request at a time:

    f  with two descriptors, then the limits: fork a child with this wire and this output
    e  end the child and all that it started; the answer says how the child itself ended
    w  the answer says for how many microseconds the child was kept from the processors

The host itself never reads a submission. A child that harms the host costs its own
submission: the trusted side starts another host.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
from pathlib import Path
from typing import Any, Final, NoReturn

from . import confinement, framing, kernel, preload, processes, scratch

_WATCH_SECONDS: Final = 0.1
_MAX_ENTRIES: Final = 10_000
_FILES_IN_ALL: Final = 8  # times what one file may hold


class Host:
    """One warm process; at most one child at a time."""

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self.control = control
        self.folder = settings["scratch"]  # a text: a path costs each child more than the call
        self.scratch = Path(self.folder)
        self.highest = os.sysconf("SC_OPEN_MAX")  # it is lowered in each child
        self.confinement = confinement.Confinement.read(settings)
        self.data = settings["data"]
        self.limits: dict[str, Any] = {}
        self.limits_to_set: list[tuple[int, int]] = []
        self.child = 0
        self.exceeded = ""
        kernel.adopt_orphans()
        kernel.close_memory()
        kernel.leave_keys()
        if os.getpid() == 1:  # first of its namespace: it ends with the process that made that
            kernel.die_with_parent(signal.SIGKILL)
        self.serve_session = preload.import_packages(settings, forks=True)

    def run(self) -> NoReturn:
        """Answer requests until the control channel ends, then leave nothing behind."""
        framing.write_message(self.control.fileno(), b"ready")
        while True:
            while self.child and not select.select([self.control], [], [], _WATCH_SECONDS)[0]:
                self._watch()
            request, descriptors, _, _ = socket.recv_fds(self.control, 1, 2)
            if not request:
                self.end_child()
                with contextlib.suppress(OSError):  # it is empty; in namespaces it has to stay
                    self.scratch.rmdir()
                os._exit(0)
            if request == b"f":
                self._take(json.loads(framing.read_message(self.control.fileno())))
                self.fork(descriptors[0], descriptors[1])
                continue
            waited = request == b"w"
            answer = str(processes.kept_waiting(self.child)) if waited else self.end_child()
            framing.write_message(self.control.fileno(), answer.encode())

    def _take(self, limits: dict[str, Any]) -> None:
        """Find out once how limits are set: an exercise's are the same for a whole class."""
        if limits != self.limits:
            self.limits = limits
            self.limits_to_set = confinement.limits_to_set(limits)

    def fork(self, wire: int, output: int) -> None:
        """Fork the child that will hold the next submission."""
        parent = os.getpid()
        self.exceeded = ""
        self.child = os.fork()
        if self.child:
            os.close(wire)
            os.close(output)
            return
        kernel.die_with_parent(signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.setsid()
        os.chdir(self.folder)
        scratch.offer(self.data)
        self.control.close()
        layers = confinement.limit_resources(self.limits_to_set)
        layers += confinement.confine(self.confinement)
        self.serve_session(_keep_only(wire, output, self.highest), layers, self.limits)
        os._exit(0)

    def _watch(self) -> None:
        """End a child that has more processes, threads or files than it may have."""
        if self.exceeded:
            return
        below = processes.descendants(os.getpid())
        if processes.count_tasks(below) > self.limits["processes"]:
            self.exceeded = "processes"
        files = scratch.usage(self.scratch, _MAX_ENTRIES)
        if files.too_many or files.size > self.limits["file_megabytes"] * _FILES_IN_ALL << 20:
            self.exceeded = "file_megabytes"
        if self._memory(below) > self.limits["memory_megabytes"] << 20:
            self.exceeded = "memory_megabytes"
        if self.exceeded:
            processes.kill_below(os.getpid())

    def _memory(self, below: list[int]) -> int:
        """Return what the child and those below it hold, over what they had from this process.

        The limit of one process's address space says nothing of several, nor of memory that is
        not mapped; where there can be neither, it is not worth a look.
        """
        if "seccomp" in self.confinement.layers:
            return 0
        inherited = len(below) * processes.memory([os.getpid()])
        shared = processes.shared_memory() if os.getpid() == 1 else 0
        return processes.memory(below) - inherited + shared

    def end_child(self) -> str:
        """Kill the child and all that it left, and tell how the child itself ended.

        Where something will not end, this process does, so that it is replaced.

        Returns
        -------
        str
            "exit N", "signal N", "limit NAME", or "none" without a child.
        """
        if not self.child:
            return "none"
        processes.send(self.child, signal.SIGKILL)
        _, status = os.waitpid(self.child, 0)
        self.child = 0
        if not processes.end_below():
            os._exit(1)
        scratch.empty(self.scratch)
        if self.exceeded:
            return f"limit {self.exceeded}"
        if os.WIFSIGNALED(status):
            return f"signal {os.WTERMSIG(status)}"
        return f"exit {os.WEXITSTATUS(status)}"


def _keep_only(wire: int, output: int, highest: int) -> int:
    """Close every descriptor but the wire and the standard ones; return the wire's."""
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (output, 1), (output, 2), (wire, 3)):
        if source != target:
            os.dup2(source, target, inheritable=target < 3)
    os.closerange(4, highest)
    return 3
