"""How much work is sent at a time: enough to be worth sending, no more than memory allows."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from grader.batch.executor import Task
from grader.quick_dataclass import dataclass

SCHEDULING_SHARE: Final = 0.05  # of a worker's time, at most
CENTRAL_SHARE: Final = 0.5  # of this process's time, at most
SECONDS_AHEAD: Final = 20.0  # of work in flight for each thread: what lets an adaptive cluster grow
MAX_SECONDS: Final = 10.0
MAX_TASKS: Final = 1_000
MAX_BYTES: Final = 1_000_000
MAX_BYTES_IN_FLIGHT: Final = 128_000_000
_LEAST_SECONDS: Final = 0.2
_LEAST_IN_FLIGHT: Final = 2
_NEWEST_SHARE: Final = 0.2  # of what is newly measured
_FIRST_TASK_SECONDS: Final = 0.1
_FIRST_COST_SECONDS: Final = 0.02
_LONGEST_COST_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Tasks that are sent together.

    Attributes
    ----------
    number : int
        No two that are sent have the same.
    tasks : tuple of Task
    avoid : str
        The worker that it should not go to, where there is another; empty for none.
    """

    number: int
    tasks: tuple[Task, ...]
    avoid: str = ""

    @property
    def size(self) -> int:
        """The bytes of its submissions."""
        return sum(len(task.data) for task in self.tasks)


class Sizing:
    """Learns from each chunk what tasks and chunks cost, and says how large the next should be.

    Attributes
    ----------
    idle_seconds : float
        What a chunk costs a worker: the time between the end of one and the start of the next.
    central_seconds : float
        What a chunk costs this process: gathering and sending it, and taking it in.
    """

    def __init__(self) -> None:
        self.idle_seconds = _FIRST_COST_SECONDS
        self.central_seconds = _FIRST_COST_SECONDS / 4
        self._task_seconds: dict[str, float] = {}

    def learn_tasks(self, exercises: Sequence[str], seconds: Sequence[float]) -> None:
        """Take in how long each task of a chunk took."""
        for name, each in zip(exercises, seconds, strict=True):
            known = self._task_seconds.setdefault(name, each)
            self._task_seconds[name] = known + (each - known) * _NEWEST_SHARE / math.sqrt(
                len(seconds)
            )

    def learn_chunk(self, idle: float, central: float) -> None:
        """Take in what a chunk cost a worker (0 where it is not known) and this process."""
        if 0.0 < idle < _LONGEST_COST_SECONDS:  # else there was nothing to do
            self.idle_seconds += (idle - self.idle_seconds) * _NEWEST_SHARE
        self.central_seconds += (central - self.central_seconds) * _NEWEST_SHARE

    def chunk_seconds(self, threads: int) -> float:
        """Return for how long a worker should be at a chunk, with so many threads at work."""
        wanted = max(
            self.idle_seconds / SCHEDULING_SHARE, threads * self.central_seconds / CENTRAL_SHARE
        )
        return min(max(wanted, _LEAST_SECONDS), MAX_SECONDS)

    def take(self, next_task: Callable[[], Task | None], threads: int) -> tuple[Task, ...]:
        """Return the next chunk's tasks; none where there are no more."""
        most = self.chunk_seconds(threads)
        tasks: list[Task] = []
        seconds, size = 0.0, 0
        while seconds < most and size < MAX_BYTES and len(tasks) < MAX_TASKS:
            task = next_task()
            if task is None:
                break
            tasks.append(task)
            seconds += self._task_seconds.get(task.exercise, _FIRST_TASK_SECONDS)
            size += len(task.data)
        return tuple(tasks)

    def has_room(self, in_flight: int, size: int, threads: int) -> bool:
        """Return whether one more chunk may be sent, with so many, and so many bytes, under way."""
        ahead = _LEAST_IN_FLIGHT
        if self._task_seconds:  # else the chunks' size is a guess
            ahead = max(ahead, math.ceil(SECONDS_AHEAD / self.chunk_seconds(threads)))
        return in_flight < threads * ahead and size < MAX_BYTES_IN_FLIGHT
