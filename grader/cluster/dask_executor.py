"""The cluster executor: keeps a dask cluster's workers at work on a batch."""

from __future__ import annotations

import contextlib
import queue
import time
import uuid
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from distributed import CancelledError, Client, Event, Future, KilledWorker

from grader.batch.executor import BatchJob, Done, Task, ungraded
from grader.batch.grading_process import error_of
from grader.batch.pool import stuck_seconds
from grader.batch.slots import SlotResult
from grader.cluster import course_archive, messages, remote, worker_monitor
from grader.cluster.address import Cluster
from grader.cluster.chunks import Chunk, Sizing
from grader.cluster.cluster_words import (
    LOCAL,
    all_refused,
    no_worker_came,
    refused,
    scheduler_lost,
    waiting_for_workers,
    work_not_taken,
    workers_keep_failing,
)
from grader.cluster.connection import ClusterError, connected
from grader.cluster.source import Source
from grader.cluster.versions import versions
from grader.cluster.worker_monitor import Refused, SchedulerLost, SetupFailed, Watch
from grader.course import Course
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_ENDED: Final = _("The worker that graded it ended unexpectedly")
_TICK_SECONDS: Final = 0.5
_RESULT_SECONDS: Final = 60.0
_FETCHERS: Final = 16
_LOOK_SECONDS: Final = 2.0
_TELL_OF_WAITING_SECONDS: Final = 3.0
_MAX_LOSSES_IN_A_ROW: Final = 20


class ClusterPool:
    """Grades tasks on the workers of a dask cluster.

    Parameters
    ----------
    course : Course
    job : BatchJob
        Strict isolation: the course lies on machines that others use too.
    cluster : Cluster
    notice : callable
        Told what the user should know: workers that are refused, and waiting for some.

    Attributes
    ----------
    sizing : Sizing
        What tasks and chunks have cost so far.
    """

    def __init__(
        self, course: Course, job: BatchJob, cluster: Cluster, notice: Callable[[str], None]
    ) -> None:
        if job.isolation != "strict":
            raise UsageError(
                _(
                    "a cluster's workers are not to grade with --isolation {isolation}",
                    isolation=job.isolation,
                ),
                _("leave it out: on a cluster submissions are always confined strictly"),
            )
        self.course = course
        self.job = job
        self.cluster = cluster
        self.notice = notice
        self.sizing = Sizing()
        self._run: _ClusterRun | None = None

    def run(self, tasks: Iterator[Task | None]) -> Generator[Done, None, None]:
        """Give one result for each task; see `Executor.run`.

        A None among the tasks says that there is none just now; `wake` that there is one again.

        Raises
        ------
        ClusterError
            The cluster cannot be reached, has been lost, or has no worker that can grade.
        """
        first = next(tasks, None)
        if first is None:
            return
        order = self._order()
        with connected(self.cluster) as client:
            run = _ClusterRun(client, order, self)
            self._run = run
            with contextlib.closing(run):
                yield from run.results(first, tasks)

    def wake(self) -> None:
        """Have the tasks asked at once, from another thread."""
        if self._run is not None:
            self._run.inbox.put(None)

    def _order(self) -> dict[str, Any]:
        """Return what each worker is given once, as plain values; see `remote.install`."""
        course = course_archive.pack(self.course)
        job = self.job
        return {
            "versions": versions(),
            "course": course,
            "digest": course_archive.digest(course),
            "job": [list(job.exercises), job.seed, job.isolation, job.language],
            "stuck_seconds": stuck_seconds(self.course),
        }


@dataclass(frozen=True, slots=True)
class _Flight:
    """A chunk that is under way, and what it took to send it."""

    chunk: Chunk
    future: Future
    seconds: float


@dataclass(frozen=True, slots=True)
class _Landed:
    """A chunk that has ended: the bytes of its answer, or why there are none."""

    number: int
    answer: bytes | BaseException


class _ClusterRun:
    """One run over a stream of tasks."""

    def __init__(self, client: Client, order: dict[str, Any], pool: ClusterPool) -> None:
        self._client = client
        self._course = pool.course
        self._job = pool.job
        self._cluster = pool.cluster
        self._notice = pool.notice
        self._sizing = pool.sizing
        self._batch = f"bpgrade-{order['digest'][:16]}-{uuid.uuid4().hex[:8]}"
        self.inbox: queue.SimpleQueue[_Landed | worker_monitor.Event | None] = queue.SimpleQueue()
        self._watch = Watch(client, self._batch, order, self.inbox.put)
        self._fetchers = ThreadPoolExecutor(_FETCHERS, "bpgrade-fetcher")
        self._flying: dict[int, _Flight] = {}
        self._again: deque[Chunk] = deque()
        self._retried: set[str] = set()
        self._sent = 0
        self._bytes = 0
        self._losses = 0
        self._looked = time.monotonic()
        self._unheld: set[int] = set()
        self._idle_since = time.monotonic()
        self._told_of_waiting = False
        self._wake: Future | None = None
        self._why_refused: dict[str, str] = {}

    def close(self) -> None:
        """End all work, and leave nothing on the workers."""
        with contextlib.suppress(Exception):  # the scheduler may be gone
            self._client.cancel([flight.future for flight in self._flying.values()], force=True)
        self._fetchers.shutdown(wait=False, cancel_futures=True)
        self._watch.stop()

    def results(self, first: Task, tasks: Iterator[Task | None]) -> Iterator[Done]:
        """Keep the workers at work until no task is left."""
        self._watch.start()
        source = Source(first, tasks)
        while True:
            self._send_all(source)
            if not self._flying and not self._again and source.ended:
                return
            yield from self._read_inbox()
            self._check_workers()
            yield from self._take_up_stranded()

    def _send_all(self, source: Source) -> None:
        if not self._watch.threads:
            return
        threads = sum(self._watch.threads.values()) + self._watch.coming
        while self._sizing.has_room(len(self._flying), self._bytes, threads):
            begun = time.perf_counter()
            if self._again:
                chunk = self._again.popleft()
            else:
                tasks = self._sizing.take(source.next, threads)
                if not tasks:
                    return
                chunk = Chunk(0, tasks)
            self._send(chunk, begun)

    def _send(self, chunk: Chunk, begun: float) -> None:
        self._sent += 1
        chunk = Chunk(self._sent, chunk.tasks, chunk.avoid)
        others = [worker for worker in self._watch.threads if worker != chunk.avoid]
        name = self._name(chunk.number)
        future = self._client.submit(
            remote.grade_chunk,
            self._batch,
            name,
            messages.pack_tasks(chunk.tasks),
            key=f"bpgrade-chunk-{name}",
            workers=others if chunk.avoid and others else None,
            resources={self._batch: 1},
            pure=False,
        )
        seconds = time.perf_counter() - begun
        self._flying[chunk.number] = _Flight(chunk, future, seconds)
        self._bytes += chunk.size
        future.add_done_callback(lambda _: self._fetchers.submit(self._fetch, chunk.number, future))

    def _name(self, number: int) -> str:
        """Return what the cluster knows a chunk by."""
        return f"{self._batch}-{number}"

    def _fetch(self, number: int, future: Future) -> None:
        """Get an answer from its worker, while others are on their way too."""
        answer: bytes | BaseException
        try:
            answer = future.result(_RESULT_SECONDS)
        except (Exception, CancelledError) as error:  # looked at where it lands
            answer = error
        self.inbox.put(_Landed(number, answer))

    def _read_inbox(self) -> Iterator[Done]:
        try:
            found = self.inbox.get(timeout=_TICK_SECONDS)
        except queue.Empty:
            return
        if isinstance(found, _Landed):
            if found.number in self._flying:
                yield from self._land(self._flying[found.number], found.answer)
        elif isinstance(found, Refused):
            self._why_refused[found.worker] = found.error.message
            self._notice(refused(found.worker, found.error))
        elif isinstance(found, SetupFailed):
            raise found.error
        elif isinstance(found, SchedulerLost):
            raise self._scheduler_lost()

    def _land(self, flight: _Flight, landed: bytes | BaseException) -> Iterator[Done]:
        """Take in a chunk that has ended, however it has."""
        begun = time.perf_counter()
        chunk = self._drop(flight.chunk.number)
        flight.future.release()
        if isinstance(landed, CancelledError):
            raise self._scheduler_lost()
        if isinstance(landed, (KilledWorker, TimeoutError)):
            self._note_loss()  # its workers were lost, before or after they had begun it
            self._again.append(chunk)
            return
        if isinstance(landed, BaseException):
            raise work_not_taken(landed) from landed
        answer = messages.unpack_answer(landed)
        word, worker, *values = answer
        if word == "graded":
            self._losses = 0
            graded = messages.graded_of(values)
            self._learn(graded, flight.seconds + time.perf_counter() - begun)
            yield from self._sort_out(chunk, graded, worker)
        elif word == "begun":
            self._note_loss()
            yield from self._lose(chunk.tasks, _ENDED, "")
        else:
            if word == "failed":
                self._watch.refuse(worker, error_of(answer[1:]))
            self._again.append(chunk)

    def _drop(self, number: int) -> Chunk:
        chunk = self._flying.pop(number).chunk
        self._bytes -= chunk.size
        return chunk

    def _learn(self, graded: SlotResult, central: float) -> None:
        exercises = [result.exercise for result in graded.results]
        if exercises:
            self._sizing.learn_tasks(exercises, graded.seconds)
            self._sizing.learn_chunk(graded.idle, central)

    def _sort_out(self, chunk: Chunk, graded: SlotResult, worker: str) -> Iterator[Done]:
        """Give the results, and send again what has none."""
        waiting = {task.key: task for task in chunk.tasks}
        for result in graded.results:
            if waiting.pop(result.key, None):
                yield result
        for key, why in graded.lost.items():
            task = waiting.pop(key, None)
            if task:
                yield from self._lose([task], _("The grading process {why}", why=why), worker)
        if waiting:
            self._again.append(Chunk(0, tuple(waiting.values())))

    def _lose(self, tasks: Sequence[Task], why: str, worker: str) -> Iterator[Done]:
        """Grade tasks that were lost with a worker once more, each alone; then give them up."""
        for task in tasks:
            if task.key in self._retried:
                yield ungraded(task, self._course, self._job, _("{what}, twice.", what=why))
            else:
                self._retried.add(task.key)
                self._again.append(Chunk(0, (task,), worker))

    def _take_up_stranded(self) -> Iterator[Done]:
        """Send again what waits for workers that are gone: dask does not look at it any more.

        What no worker holds at two looks in a row is stranded; at one it may just be on its way.
        What one of them had begun may be why it is gone.
        """
        now = time.monotonic()
        if not self._flying or now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        processing = self._asked_of_dask(self._client.processing)
        held = {key for keys in processing.values() for key in keys}
        unheld = {
            number
            for number, flight in self._flying.items()
            if flight.future.status == "pending" and flight.future.key not in held
        }
        stranded, self._unheld = unheld & self._unheld, unheld
        for number in stranded if self._watch.threads else ():
            future = self._flying[number].future
            chunk = self._drop(number)
            self._client.cancel([future], force=True)
            if self._asked_of_dask(self._was_begun, chunk.number):
                yield from self._lose(chunk.tasks, _ENDED, "")
            else:
                self._again.append(chunk)

    def _was_begun(self, number: int) -> bool:
        """Return whether a worker had begun a chunk, and forget it."""
        begun = Event(self._name(number), client=self._client)
        found: bool = begun.is_set()
        begun.clear()
        return found

    def _asked_of_dask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        """Return what dask answers; raises ClusterError where its scheduler is lost."""
        try:
            return question(*arguments)
        except Exception as error:  # whatever a broken connection raises in this version of dask
            raise self._scheduler_lost() from error

    def _note_loss(self) -> None:
        self._losses += 1
        if self._losses >= _MAX_LOSSES_IN_A_ROW:
            raise workers_keep_failing()

    def _check_workers(self) -> None:
        """Wait for workers, but not for ever, and not for those that are refused."""
        now = time.monotonic()
        if self._watch.threads:
            self._idle_since = now
            return
        known, refused = self._watch.known, self._watch.refused
        # each has been told of, so that this is not said before the reason is there
        if known and known == refused and refused <= self._why_refused.keys():
            reasons = sorted({self._why_refused[name] for name in refused})
            raise all_refused(len(known), reasons)
        waited = now - self._idle_since
        where, seconds = self._where, self._cluster.wait_seconds
        if waited > seconds:
            raise no_worker_came(where, seconds)
        if not known and waited > _TELL_OF_WAITING_SECONDS and not self._told_of_waiting:
            self._told_of_waiting = True
            self._notice(waiting_for_workers(where, seconds))
            # a task that any worker can do has an adaptive cluster start its first worker
            self._wake = self._client.submit(int, key=f"bpgrade-wake-{self._batch}")

    def _scheduler_lost(self) -> ClusterError:
        return scheduler_lost(self._where)

    @property
    def _where(self) -> str:
        return self._cluster.scheduler or LOCAL
