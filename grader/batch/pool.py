"""The local executor: grading processes on this machine, each with one task at a time."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import astuple
from typing import Any, Final

import msgpack

from grader import errors
from grader.batch.executor import Done, Job, Task, ungraded
from grader.course import Course
from grader.errors import BpgradeError, IsolationError
from grader.worker import framing

_RENEW_AFTER: Final = 1_000
_START_SECONDS: Final = 120.0
_TICK_SECONDS: Final = 1.0
_MOST_EARLY_DEATHS: Final = 3


class LocalPool:
    """Grades tasks in `workers` processes; those that die or get stuck are replaced.

    Parameters
    ----------
    course : Course
    job : Job
    workers : int
        How many tasks are graded at a time.
    stuck_seconds : float
        After how long without an answer a grading process is replaced.
    renew_after : int
        After how many tasks a grading process is replaced as a matter of course.
    """

    def __init__(
        self,
        course: Course,
        job: Job,
        workers: int,
        stuck_seconds: float,
        renew_after: int = _RENEW_AFTER,
    ) -> None:
        self._course = course
        self._job = job
        self._workers = workers
        self._stuck_seconds = stuck_seconds
        self._renew_after = renew_after

    def run(self, tasks: Iterator[Task]) -> Generator[Done, None, None]:
        """Give one result for each task; see `Executor.run`."""
        with _Run(self._course, self._job, self._stuck_seconds, self._renew_after) as run:
            yield from run.results(tasks, self._workers)


def stuck_seconds(course: Course) -> float:
    """Return a time that no submission can take: every limit of the course, several times."""
    return max(
        4 * (one.limits.cpu_seconds + one.limits.load_seconds)
        + 4 * len(one.functions) * one.limits.call_seconds
        for one in course.exercises
    )


class _Process:
    """One grading process and the task that it is at."""

    def __init__(self, job: Job) -> None:
        self.wire, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "grader.batch.worker",
                    str(theirs.fileno()),
                    str(os.getpid()),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.task: Task | None = None
        self.ready = False
        self.graded = 0
        self.since = time.monotonic()
        self._send(list(astuple(job)))

    def give(self, task: Task) -> None:
        """Hand over a task."""
        self.task = task
        self.since = time.monotonic()
        self._send(list(astuple(task)))

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


class _Run:
    """One run of the pool over a stream of tasks."""

    def __init__(self, course: Course, job: Job, stuck_seconds: float, renew_after: int) -> None:
        self._course = course
        self._job = job
        self._stuck_seconds = stuck_seconds
        self._renew_after = renew_after
        self._selector = selectors.DefaultSelector()
        self._processes: set[_Process] = set()
        self._again: list[Task] = []
        self._retried: set[str] = set()
        self._early_deaths = 0

    def __enter__(self) -> _Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for process in self._processes:
            if kind is None:
                process.retire()
            else:
                process.kill()
        self._selector.close()

    def results(self, tasks: Iterator[Task], workers: int) -> Iterator[Done]:
        """Keep the processes at work until no task is left."""
        first = next(tasks, None)
        if first is None:
            return
        self._again.append(first)
        for _ in range(workers):
            self._start()
        more = True
        while more or self._again or any(process.task for process in self._processes):
            more = self._hand_out(tasks) and more
            yield from self._wait()

    def _hand_out(self, tasks: Iterator[Task]) -> bool:
        """Give each idle process a task; False once there are no more of them."""
        for process in self._processes:
            if process.ready and process.task is None:
                task = self._again.pop() if self._again else next(tasks, None)
                if task is None:
                    return False
                process.give(task)
        return True

    def _start(self) -> None:
        process = _Process(self._job)
        self._processes.add(process)
        self._selector.register(process.wire, selectors.EVENT_READ, process)

    def _drop(self, process: _Process) -> None:
        self._selector.unregister(process.wire)
        self._processes.discard(process)

    def _wait(self) -> Iterator[Done]:
        for key, _ in self._selector.select(_TICK_SECONDS):
            process: _Process = key.data
            message = process.receive()
            if message is None:
                yield from self._replace(process, "ended unexpectedly")
            elif message[0] == "ready":
                process.ready = True
                self._early_deaths = 0
            elif message[0] == "failed" and process.task is None:
                raise _error(message)
            elif message[0] == "failed":
                yield from self._replace(process, f"ended: {message[2]}")
            else:
                process.task = None
                process.graded += 1
                yield Done(*message[1:])
                if process.graded >= self._renew_after:
                    self._drop(process)
                    process.retire()
                    self._start()
        now = time.monotonic()
        for process in list(self._processes):
            limit = self._stuck_seconds if process.ready else _START_SECONDS
            if (process.task or not process.ready) and now - process.since > limit:
                yield from self._replace(process, f"gave no answer in {limit:g} s")

    def _replace(self, process: _Process, why: str) -> Iterator[Done]:
        """Start another process in place of one that is lost, and grade its task once more."""
        self._drop(process)
        process.kill()
        task = process.task
        if task is None and not process.graded:
            self._early_deaths += 1
            if self._early_deaths >= _MOST_EARLY_DEATHS:
                raise IsolationError(
                    f"the grading process {why} before it had graded anything",
                    "run `bpgrade doctor`, and `bpgrade check` on one of the submissions",
                )
        elif task is not None and task.key in self._retried:
            yield ungraded(task, self._course, self._job, f"The grading process {why}, twice.")
        elif task is not None:
            self._retried.add(task.key)
            self._again.append(task)
        self._start()


def _error(message: list[Any]) -> BpgradeError:
    """Return the error that a grading process has ended with."""
    _, name, text, remedy = message
    kind = getattr(errors, name, BpgradeError)
    error: BpgradeError = kind(text, remedy)
    return error
