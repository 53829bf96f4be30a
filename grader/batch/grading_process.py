"""A grading process as its owner sees it: started, given tasks, read, ended.

What runs inside it is in `grading_process_main`.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import astuple
from typing import Any, Final

import msgpack

from grader import errors, interpreter
from grader.batch.executor import BatchJob, Task
from grader.batch.priority import let_others_first
from grader.errors import BpgradeError, IsolationError
from grader.language import gettext_lazy as _
from grader.language import in_languages, recorded
from grader.sandbox.child import framing
from grader.sandbox.isolation import resolve

RENEW_AFTER: Final = 1_000
_MAX_EARLY_DEATHS: Final = 3
START_SECONDS: Final = 120.0
ENDED: Final = _("ended unexpectedly")
"""How a grading process was lost: what is said of it."""


class GradingProcess:
    """One grading process and the task that it is at.

    The system ends it with the thread that started it. With a `core` it keeps to that one, and so
    does all that it starts: they take turns, and no other core has to wake up for each. Whoever
    has its turn keeps it until it waits, instead of being interrupted by each answer.

    Attributes
    ----------
    wire : socket
        Has something to read once `receive` has something to return.
    task : Task or None
        What it is at.
    ready : bool
        Whether it has said that it can grade.
    graded : int
        How many results it has given.
    core : int or None
        Which processor core it keeps to.
    since : float
        When it was started or was given its task, by the monotonic clock.

    Raises
    ------
    IsolationError
        The job's isolation can't be had on this machine.
    """

    def __init__(self, job: BatchJob, core: int | None = None) -> None:
        self.wire, theirs = interpreter.socket_pair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "grader.batch.grading_process_main",
                    str(theirs.fileno()),
                    str(os.getpid()),
                ],
                pass_fds=[theirs.fileno()],
                env=interpreter.variables(),
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # it has ended, or the core is no longer ours
                os.sched_setscheduler(self._process.pid, os.SCHED_BATCH, os.sched_param(0))
                if core is not None:
                    os.sched_setaffinity(self._process.pid, {core})
        self.core = core
        self.task: Task | None = None
        self.ready = False
        self.graded = 0
        self.since = time.monotonic()
        try:
            isolation = resolve(job.isolation)  # asked once here, while it starts, and not by each
        except BpgradeError:
            self.kill()
            raise
        self._send([list(astuple(job)), list(isolation.as_told)])

    def give(self, task: Task) -> None:
        """Hand over a task."""
        self.task = task
        self.since = time.monotonic()
        self._send(list(astuple(task)))

    def let_others_first(self) -> None:
        """Have what its task has started go behind all others."""
        let_others_first(self._process.pid, self.since)

    def _send(self, message: list[Any]) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # read as its end
            packed = msgpack.packb(message, unicode_errors="surrogateescape")
            framing.write_message(self.wire.fileno(), packed)

    def receive(self) -> list[Any] | None:
        """Return its message; None where it has ended."""
        try:
            data = framing.read_message(self.wire.fileno())
        except (framing.StreamEnded, OSError):
            return None
        message: list[Any] = msgpack.unpackb(data, unicode_errors="surrogateescape")
        return message

    def speaks(self, seconds: float) -> bool:
        """Wait for a message, or for its end; False where neither comes in time."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.wire, selectors.EVENT_READ)
            return bool(selector.select(seconds))

    def interrupt(self) -> None:
        """Kill it while another thread waits for its message, and then reads its end."""
        self._process.kill()

    def kill(self) -> None:
        """End it; its host ends itself and all that it holds."""
        self.wire.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def retire(self) -> None:
        """Let it end by itself, which removes its scratch folder."""
        self.wire.close()
        try:
            self._process.wait(10.0)
        except subprocess.TimeoutExpired:
            self.kill()


class EarlyDeaths:
    """Counts grading processes that are lost one after another before they can grade."""

    def __init__(self) -> None:
        self._count = 0

    def add(self, why: str) -> None:
        """Count one that was lost so.

        Raises
        ------
        IsolationError
            There have been too many: another one would end as they did.
        """
        self._count += 1
        if self._count >= _MAX_EARLY_DEATHS:
            raise IsolationError(
                _("the grading process {why} before it had graded anything", why=why),
                _(
                    "run `bpgrade doctor`, and `bpgrade check` on one of the submissions, on the"
                    " machine that grades"
                ),
            )

    def reset(self) -> None:
        """Forget them: one can grade."""
        self._count = 0


def ended_with(message: list[Any]) -> str:
    """Return how a grading process was lost that has told with which error it has ended."""
    return _("ended: {reason}", reason=error_of(message).message)


def gave_no_answer(seconds: float) -> str:
    """Return how a grading process was lost that was waited for so long."""
    return _("gave no answer in {seconds:g} s", seconds=seconds)


def told(error: BpgradeError) -> list[Any]:
    """Return the message with which a grading process tells the error that it ends with."""
    return ["failed", type(error).__name__, *map(in_languages, (error.message, error.remedy))]


def error_of(message: list[Any]) -> BpgradeError:
    """Return the error that a grading process has ended with."""
    name, text, remedy = message[1:]
    kind = getattr(errors, name, BpgradeError)
    error: BpgradeError = kind(recorded(*text), recorded(*remedy))
    return error
