"""What stands for a `Popen` where tests fork a process that would be started otherwise."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import threading
from typing import IO


class Forked:
    """A process that was forked: as much of a `Popen` as is asked of one.

    Parameters
    ----------
    pid : int
    end : int
        A descriptor that can be read from once it has ended, and is closed then.
    stderr : file, optional
    """

    def __init__(self, pid: int, end: int, stderr: IO[bytes] | None = None) -> None:
        self.pid = pid
        self.stderr = stderr
        self.returncode: int | None = None
        self._end = end
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return how it has ended, or None."""
        with self._lock:
            if self.returncode is None and self._has_ended(0):
                self.returncode = self._read_code()
                os.close(self._end)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended."""
        if self.returncode is None and not self._has_ended(timeout):
            raise subprocess.TimeoutExpired("a fork", timeout or 0.0)
        code = self.poll()
        assert code is not None
        return code

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def _has_ended(self, timeout: float | None) -> bool:
        return bool(select.select([self._end], [], [], timeout)[0])

    def _read_code(self) -> int:
        try:
            return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        except ChildProcessError:  # it is another process's child, which alone is told
            return 0
