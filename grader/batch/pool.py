"""The local executor: grading processes on this machine, each with one task at a time.

A process whose task takes long, as an endless loop does until its limit, has a stand-in that goes
on with the others' tasks; so the tasks that are quick are never held up by those that are not.
"""

from __future__ import annotations

import os
import selectors
import time
from collections.abc import Generator, Iterator
from typing import Final

from grader.batch.executor import BatchJob, Done, Task, ungraded
from grader.batch.grading_process import (
    ENDED,
    RENEW_AFTER,
    START_SECONDS,
    EarlyDeaths,
    GradingProcess,
    ended_with,
    error_of,
    gave_no_answer,
)
from grader.course import Course
from grader.language import gettext_lazy as _

_TICK_SECONDS: Final = 0.25
SLOW_SECONDS: Final = 1.0
STAND_INS: Final = 3  # for each grading process


class LocalPool:
    """Grades tasks in `at_once` processes; those that die or get stuck are replaced.

    Parameters
    ----------
    course : Course
    job : BatchJob
    at_once : int
        How many tasks are graded at a time, those not counted that take long.
    stuck_seconds : float
        After how long without an answer a grading process is replaced.
    renew_after : int
        After how many tasks a grading process is replaced as a matter of course.
    """

    def __init__(
        self,
        course: Course,
        job: BatchJob,
        at_once: int,
        stuck_seconds: float,
        renew_after: int = RENEW_AFTER,
    ) -> None:
        self._course = course
        self._job = job
        self._at_once = at_once
        self._stuck_seconds = stuck_seconds
        self._renew_after = renew_after

    def run(self, tasks: Iterator[Task]) -> Generator[Done, None, None]:
        """Give one result for each task; see `Executor.run`."""
        with _PoolRun(self._course, self._job, self._stuck_seconds, self._renew_after) as run:
            yield from run.results(tasks, self._at_once)


def usable_cores() -> frozenset[int]:
    """Return the processor cores that this process may run on; none where that is not known."""
    return frozenset(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else frozenset()


def stuck_seconds(course: Course) -> float:
    """Return a time that no submission can take: every limit of the course, several times."""
    return max(
        4 * (one.limits.cpu_seconds + one.limits.load_seconds)
        + 4 * len(one.functions) * one.limits.call_seconds
        for one in course.exercises
    )


def room_beside(at_work: int, slow: int, at_once: int) -> int:
    """Return how many more tasks may begin: tasks that take long have stand-ins, up to a number.

    Parameters
    ----------
    at_work : int
        How many tasks have begun.
    slow : int
        How many of them have taken longer than `SLOW_SECONDS`.
    at_once : int
        How many may be at work, those not counted that are stood in for.
    """
    return at_once - at_work + min(slow, STAND_INS * at_once)


class _PoolRun:
    """One run of the pool over a stream of tasks."""

    def __init__(
        self, course: Course, job: BatchJob, stuck_seconds: float, renew_after: int
    ) -> None:
        self._course = course
        self._job = job
        self._stuck_seconds = stuck_seconds
        self._renew_after = renew_after
        self._selector = selectors.DefaultSelector()
        self._processes: set[GradingProcess] = set()
        self._again: list[Task] = []
        self._retried: set[str] = set()
        self._early_deaths = EarlyDeaths()
        self._cores: frozenset[int] = frozenset()  # to be kept to: none where some would be idle

    def __enter__(self) -> _PoolRun:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for process in self._processes:
            if kind is None:
                process.retire()
            else:
                process.kill()
        self._selector.close()

    def results(self, tasks: Iterator[Task], at_once: int) -> Iterator[Done]:
        """Keep the processes at work until no task is left."""
        if not self._next(tasks):
            return
        cores = usable_cores()
        self._cores = cores if at_once >= len(cores) else frozenset()
        for _number in range(at_once):
            self._start()
        while self._hand_out(tasks, at_once):
            # their next tasks are handed out before these are dealt with
            found = list(self._wait())
            self._hand_out(tasks, at_once)
            yield from found

    def _hand_out(self, tasks: Iterator[Task], at_once: int) -> bool:
        """Give as many idle processes a task as may have one; False once all is done."""
        now = time.monotonic()
        at_work = [process for process in self._processes if process.task]
        slow = [process for process in at_work if now - process.since > SLOW_SECONDS]
        for process in slow:
            process.let_others_first()
        room = room_beside(len(at_work), len(slow), at_once)
        idle = [process for process in self._processes if process.task is None]
        if room > len(idle) and self._next(tasks):
            self._start()
        for process in [process for process in idle if process.ready][: max(room, 0)]:
            if self._next(tasks):
                process.give(self._again.pop())
        # the one after these is read while they are at work
        return self._next(tasks) or any(process.task for process in self._processes)

    def _next(self, tasks: Iterator[Task]) -> bool:
        """See that a task is waiting; False where there are no more."""
        if not self._again and (task := next(tasks, None)):
            self._again.append(task)
        return bool(self._again)

    def _start(self) -> None:
        free = self._cores.difference(process.core for process in self._processes)
        process = GradingProcess(self._job, min(free, default=None))
        self._processes.add(process)
        self._selector.register(process.wire, selectors.EVENT_READ, process)

    def _drop(self, process: GradingProcess) -> None:
        self._selector.unregister(process.wire)
        self._processes.discard(process)

    def _wait(self) -> Iterator[Done]:
        for key, _mask in self._selector.select(_TICK_SECONDS):
            process: GradingProcess = key.data
            message = process.receive()
            if message is None:
                yield from self._replace(process, ENDED)
            elif message[0] == "ready":
                process.ready = True
                self._early_deaths.reset()
            elif message[0] == "failed" and process.task is None:
                raise error_of(message)
            elif message[0] == "failed":
                yield from self._replace(process, ended_with(message))
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
            limit = self._stuck_seconds if process.ready else START_SECONDS
            if (process.task or not process.ready) and now - process.since > limit:
                yield from self._replace(process, gave_no_answer(limit))

    def _replace(self, process: GradingProcess, why: str) -> Iterator[Done]:
        """Start another process in place of one that is lost, and grade its task once more."""
        self._drop(process)
        process.kill()
        task = process.task
        if task is None and not process.graded:
            self._early_deaths.add(why)
        elif task is not None and task.key in self._retried:
            reason = _("The grading process {why}, twice.", why=why)
            yield ungraded(task, self._course, self._job, reason)
        elif task is not None:
            self._retried.add(task.key)
            self._again.append(task)
        self._start()
