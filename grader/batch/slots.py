"""The grading processes of one worker: one for each of its threads, kept warm between chunks."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import field

from grader.batch.executor import BatchJob, Done, Task
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
from grader.quick_dataclass import dataclass


@dataclass(slots=True)
class SlotResult:
    """What has become of a chunk's tasks; those that are not named were not begun.

    Attributes
    ----------
    results : list of Done
    seconds : list of float
        How long each result took.
    lost : dict of str to str
        Keys of the tasks at which the grading process was lost, and how it was.
    idle : float
        For how long the grading process had nothing to do before; 0 where it was new.
    """

    results: list[Done] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    lost: dict[str, str] = field(default_factory=dict)
    idle: float = 0.0


class Slots:
    """Gives each thread that grades a process of its own.

    Parameters
    ----------
    job : BatchJob
    stuck_seconds : float
        After how long without an answer a process is replaced.
    cores : set of int
        The processor cores that processes keep to, one each; those beyond keep to none.
    """

    def __init__(
        self, job: BatchJob, stuck_seconds: float, cores: frozenset[int] = frozenset()
    ) -> None:
        self._job = job
        self._cores = cores
        self._stuck_seconds = stuck_seconds
        self._lock = threading.Lock()
        self._idle: list[tuple[GradingProcess, float]] = []
        self._all: set[GradingProcess] = set()
        self._closed = False
        # the system ends a process with the thread that started it, and dask's may end early
        self._starter = ThreadPoolExecutor(1, "bpgrade-starter")

    def warm(self, count: int) -> None:
        """Start so many processes, and wait until one can grade.

        Raises
        ------
        CourseError, IsolationError
            It cannot.
        """
        started = [self._start() for _number in range(count)]
        try:
            self._make_ready(started[0])
        finally:
            with self._lock:
                self._idle += [(one, 0.0) for one in started if one in self._all]

    def slow(self, seconds: float) -> int:
        """Return how many have been at their task for longer than this; all others go first."""
        now = time.monotonic()
        with self._lock:
            found = [one for one in self._all if one.task is not None]
            slow = [one for one in found if now - one.since > seconds]
        for process in slow:
            process.let_others_first()
        return len(slow)

    def grade(self, tasks: Iterable[Task]) -> SlotResult:
        """Grade tasks one after another, until the slots are closed.

        Raises
        ------
        CourseError, IsolationError
            No process can be had that grades.
        """
        graded = SlotResult()
        process, since = self._take()
        graded.idle = time.monotonic() - since if since else 0.0
        for task in tasks:
            if process not in self._all or process.graded >= RENEW_AFTER:
                self._drop(process)
                process = self._take()[0]
            if self._closed:
                break
            self._grade(process, task, graded)
        with self._lock:
            if process in self._all:
                self._idle.append((process, time.monotonic()))
        return graded

    def _grade(self, process: GradingProcess, task: Task, graded: SlotResult) -> None:
        begun = time.perf_counter()
        process.give(task)
        message = process.receive() if process.speaks(self._stuck_seconds) else ["stuck"]
        if message and message[0] == "done":
            process.task = None
            process.graded += 1
            graded.results.append(Done(*message[1:]))
            graded.seconds.append(time.perf_counter() - begun)
            return
        self._drop(process)
        if self._closed:
            return  # ended by us, not by the task
        if message is None:
            graded.lost[task.key] = ENDED
        elif message[0] == "stuck":
            graded.lost[task.key] = gave_no_answer(self._stuck_seconds)
        else:
            graded.lost[task.key] = ended_with(message)

    def _take(self) -> tuple[GradingProcess, float]:
        """Return a process that is ready, and since when it had nothing to do."""
        deaths = EarlyDeaths()
        while True:
            with self._lock:
                process, since = self._warmest()
            process = process or self._start()
            why = "" if self._closed or process.ready else self._make_ready(process)
            if not why:
                return process, since
            deaths.add(why)

    def _warmest(self) -> tuple[GradingProcess | None, float]:
        """Take the process that was idle last, before all others one that has a core."""
        if not self._idle:
            return None, 0.0
        place = max(
            range(len(self._idle)), key=lambda one: (self._idle[one][0].core is not None, one)
        )
        return self._idle.pop(place)

    def _make_ready(self, process: GradingProcess) -> str:
        """Wait until a process can grade; return how it was lost, if it was."""
        speaks = process.speaks(START_SECONDS)
        message = process.receive() if speaks else None
        if message and message[0] == "ready":
            process.ready = True
            return ""
        self._drop(process)
        if message:
            raise error_of(message)
        return ENDED if speaks else gave_no_answer(START_SECONDS)

    def _start(self) -> GradingProcess:
        return self._starter.submit(self._start_one).result()

    def _start_one(self) -> GradingProcess:
        with self._lock:
            free = self._cores.difference(one.core for one in self._all)
        process = GradingProcess(self._job, min(free, default=None))
        with self._lock:
            self._all.add(process)
        return process

    def _drop(self, process: GradingProcess) -> None:
        with self._lock:
            if process not in self._all:
                return
            self._all.discard(process)
        if process.task is None and process.ready:
            process.retire()
        else:
            process.kill()

    def close(self) -> None:
        """End every process; a thread that waits for one gets no result."""
        self._closed = True
        with self._lock:
            idle = [process for process, _ in self._idle]
            self._idle.clear()
            busy = self._all.difference(idle)
        for process in busy:
            process.interrupt()
        for process in idle:
            self._drop(process)
        self._starter.shutdown(wait=False)
