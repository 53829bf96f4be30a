"""Processes forked from a warm host, which is replaced when a submission has harmed it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Final

from grader.course import Limits
from grader.errors import IsolationError
from grader.interpreter import socket_pair
from grader.language import gettext_lazy as _
from grader.sandbox import launch
from grader.sandbox.channel import Channel
from grader.sandbox.child import framing, processes, scratch
from grader.sandbox.isolation import Isolation
from grader.sandbox.launch import SandboxFolders

_START_SECONDS: Final = 60.0
_ANSWER_SECONDS: Final = 10.0
_MAX_LOST: Final = 10  # one after another
_LONGEST_ANSWER: Final = 64


class ForkedProcesses:
    """The handle on a warm host, which forks a process for each submission.

    Attributes
    ----------
    losses : int
        How often a host was lost: killed, stopped, or silent.
    """

    def __init__(self, isolation: Isolation, place: SandboxFolders) -> None:
        self._isolation = isolation
        self._place = place
        self._lost = 0
        self.losses = 0
        self._start()

    def _start(self) -> None:
        self._ready = False
        self._process, self._control = launch.start("fork", self._isolation.layers, self._place)

    def fork(self, limits: Limits) -> Channel:
        """Fork a process and return the wire to it."""
        request = framing.frame(json.dumps(asdict(limits)).encode())
        while True:
            self._wait_until_ready()
            ours, theirs = socket_pair()
            output, their_output = os.pipe()
            try:
                socket.send_fds(self._control, [b"f"], [theirs.fileno(), their_output])
                self._control.sendall(request)
                return Channel(ours, output, limits.value_bytes + 8192, limits.output_bytes)
            except OSError:
                ours.close()
                os.close(output)
                self._replace_lost()
            finally:
                theirs.close()
                os.close(their_output)

    def end(self) -> str:
        """End the process and all that it started; return how it had ended by itself."""
        try:
            self._control.sendall(b"e")
            answer = self._answer(_ANSWER_SECONDS)
        except (OSError, framing.StreamEnded):
            self._replace_lost()
            return "none"
        self._lost = 0
        if self._isolation.fresh_host and answer != "none":
            self._discard()
            self._start()
        return answer

    def kept_waiting(self) -> float:
        """Return the seconds that the process was ready to run and others had the processors."""
        try:
            self._control.sendall(b"w")
            answer = self._answer(_ANSWER_SECONDS)
        except (OSError, framing.StreamEnded):  # noticed again by whoever ends it
            return 0.0
        return int(answer) / 1e6 if answer.isdecimal() else 0.0

    def _answer(self, seconds: float) -> str:
        self._control.settimeout(seconds)
        length = int.from_bytes(self._receive(framing.HEADER), "little")
        return self._receive(min(length, _LONGEST_ANSWER)).decode("ascii", "replace")

    def _receive(self, count: int) -> bytes:
        received = b""
        while len(received) < count:
            part = self._control.recv(count - len(received))
            if not part:
                raise framing.StreamEnded
            received += part
        return received

    def _wait_until_ready(self) -> None:
        if self._ready:
            return
        try:
            self._answer(_START_SECONDS)
            self._control.settimeout(_ANSWER_SECONDS)
            self._ready = True
        except (OSError, framing.StreamEnded):
            self._process.kill()
            reason = self._last_words()
            raise IsolationError(
                _(
                    "the process that holds submissions could not be started: {reason}",
                    reason=reason,
                )
                if reason
                else _("the process that holds submissions could not be started"),
                _("run `bpgrade doctor` to see what this machine lacks"),
            ) from None

    def _last_words(self) -> str:
        stream = self._process.stderr
        lines = stream.read(65_536).decode("utf-8", "replace").splitlines() if stream else []
        return lines[-1].strip() if lines else ""

    def _replace_lost(self) -> None:
        """Start another host in place of one that was killed, stopped, or does not answer."""
        self._lost += 1
        self.losses += 1
        self._discard()
        if self._lost >= _MAX_LOST:
            raise IsolationError(
                _(
                    "the process that holds submissions was lost {count} times running",
                    count=self._lost,
                ),
                _("a submission kills it each time: use --isolation strict"),
            )
        self._start()

    def _discard(self) -> None:
        """End the host and all that it has started, also what it can no longer end itself."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGSTOP)
        for process in processes.descendants(self._process.pid):
            processes.send(process, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._release()
        if "bubblewrap" not in self._isolation.layers:  # whose processes have ended with it
            _end_strays(f"HOME={self._place.scratch}\0".encode())
        self._place.scratch.mkdir(mode=0o700, exist_ok=True)
        scratch.empty(self._place.scratch)

    def _release(self) -> None:
        self._control.close()
        self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()

    def close(self) -> None:
        """End the host and everything that runs in it."""
        self._control.close()  # the host ends its child, then itself
        try:
            self._process.wait(_ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self._discard()
        self._release()


def _end_strays(mark: bytes) -> None:
    """Kill processes of a lost host that have moved out of its sight, by their environment."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue  # it has ended, or is another user's
            if mark in environment:
                processes.send(int(entry.name), signal.SIGKILL)
