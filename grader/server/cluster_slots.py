"""The grading processes of a worker that has none of its own: those of a dask cluster."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Final

from grader.batch.executor import BatchJob, Done, Task
from grader.batch.slots import SlotResult
from grader.cluster.address import Cluster
from grader.cluster.dask_executor import ClusterPool
from grader.course import Course
from grader.errors import BpgradeError

_AWAY_SECONDS: Final = 2.0


class ClusterSlots:
    """Has a course's submissions graded on a cluster, as `Slots` does on this machine.

    Parameters
    ----------
    course : Course
    job : BatchJob
    cluster : Cluster
    say : callable
        Told where the cluster cannot be reached, or has no worker that can grade.
    """

    def __init__(
        self, course: Course, job: BatchJob, cluster: Cluster, say: Callable[[str], None]
    ) -> None:
        self._pool = ClusterPool(course, job, cluster, say)
        self._say = say
        self._waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
        self._answers: dict[str, Future[Done | None]] = {}
        self._lock = threading.Lock()
        self._closed = threading.Event()
        threading.Thread(target=self._run, name="cluster", daemon=True).start()

    def warm(self, _count: int) -> None:
        """Do nothing: the cluster's workers get the course with the first submission."""

    def slow(self, _seconds: float) -> int:
        """Return 0: nothing that takes long takes up a process of this machine."""
        return 0

    def grade(self, tasks: Iterable[Task]) -> SlotResult:
        """Grade tasks; those that the cluster could not be asked for have no result."""
        graded = SlotResult()
        for task in tasks:
            done = self._answer_to(task).result()
            if done is None:
                self._closed.wait(_AWAY_SECONDS)
            else:
                graded.results.append(done)
        return graded

    def close(self) -> None:
        """End all work; what is under way has no result."""
        self._closed.set()
        self._pool.wake()
        self._give_up()

    def _answer_to(self, task: Task) -> Future[Done | None]:
        """Send a task off, unless the same work is under way already."""
        with self._lock:
            known = self._answers.get(task.key)
            if known is not None:
                return known
            answer = self._answers[task.key] = Future()
            if self._closed.is_set():
                answer.set_result(None)
                return answer
        self._waiting.put(task)
        self._pool.wake()
        return answer

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                first = self._waiting.get(timeout=_AWAY_SECONDS)
            except queue.Empty:
                continue
            try:
                for done in self._pool.run(self._tasks(first)):
                    self._take_in(done)
            except BpgradeError as error:
                self._say(str(error))
                self._give_up()

    def _tasks(self, first: Task) -> Iterator[Task | None]:
        yield first
        while not self._closed.is_set():
            try:
                yield self._waiting.get_nowait()
            except queue.Empty:
                yield None

    def _take_in(self, done: Done) -> None:
        with self._lock:
            answer = self._answers.pop(done.key, None)
        if answer is not None:
            answer.set_result(done)

    def _give_up(self) -> None:
        """Answer all that wait that there is no result."""
        with self._lock:
            answers, self._answers = self._answers, {}
        while not self._waiting.empty():
            self._waiting.get_nowait()
        for answer in answers.values():
            answer.set_result(None)
