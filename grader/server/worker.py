"""A worker: leases jobs, has them graded by warm processes, writes each result once.

It is a process of its own, here or on another machine with the same database and courses. What it
has begun when it is killed is taken over when its leases have run out.
"""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from django.db import close_old_connections

from grader.batch.executor import BatchJob, Done, Task, ungraded
from grader.batch.pool import (
    SLOW_SECONDS,
    STAND_INS,
    room_beside,
    stuck_seconds,
    usable_cores,
)
from grader.batch.slots import Slots
from grader.diagnosis.ahead import begin
from grader.errors import BpgradeError
from grader.language import gettext_lazy as _
from grader.server import queue as jobs
from grader.server.courses import ISOLATION, SEED, ReadCourse, read_course
from grader.server.logs import Sparingly, failure
from grader.server.lti.sender import Sender
from grader.server.models import GradedResult, Job, JobState, ServedCourse

if TYPE_CHECKING:
    from grader.cluster.address import Cluster
    from grader.server.cluster_slots import ClusterSlots

_IDLE_SECONDS: Final = 0.1
_RENEW_SECONDS: Final = jobs.LEASE.total_seconds() / 4
_AWAY_SECONDS: Final = 1.0


class Worker:
    """Grades so many submissions at a time, each in a grading process of its own.

    Those that take long, as an endless loop does until its limit, make room for others, as in a
    batch's pool; a process whose result is being written is free for the next.

    Parameters
    ----------
    threads : int
        How many submissions are graded at a time, those not counted that take long.
    say : callable
        Takes a line on what has gone wrong; no names, no code.
    cluster : Cluster, optional
        The dask cluster that grades, in place of processes of this machine.
    """

    def __init__(
        self, threads: int, say: Callable[[str], None], cluster: Cluster | None = None
    ) -> None:
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self._threads = threads
        self._cluster = cluster
        self._say = Sparingly(say)
        self._stopped = threading.Event()
        self._free = threading.Event()
        self._leased: queue.Queue[Job] = queue.Queue()
        self._held: set[int] = set()
        self._at_work: set[int] = set()
        self._lock = threading.Lock()
        self._slots: dict[str, tuple[ReadCourse, Slots | ClusterSlots]] = {}
        self._cores: frozenset[int] = frozenset()  # to be kept to: none where some would be idle

    def stop(self) -> None:
        """End after what is being graded now."""
        self._stopped.set()

    def run(self) -> None:
        """Grade until `stop` is called."""
        self._warm()
        threads = [
            threading.Thread(target=self._grade_on, name=f"grade-{number}", daemon=True)
            for number in range((2 + (0 if self._cluster else STAND_INS)) * self._threads)
        ]
        sender = Sender(self.name, self._say)
        threads.append(threading.Thread(target=sender.run, name="send", daemon=True))
        for thread in threads:
            thread.start()
        renewed = 0.0
        while not self._stopped.is_set():
            self._free.clear()
            try:
                if time.monotonic() - renewed > _RENEW_SECONDS:
                    self._renew()
                    renewed = time.monotonic()
                self._lease()
            except jobs.AWAY as error:
                self._wait_for_database(error)
                renewed = 0.0  # what is held is kept before others are leased
                continue
            self._free.wait(_IDLE_SECONDS)
        sender.stop()
        for thread in threads:
            thread.join(60.0)
        self._hand_back()
        for _course, slots in self._slots.values():
            slots.close()

    def _warm(self) -> None:
        """Start grading processes before the first file comes."""
        try:
            courses = list(ServedCourse.objects.all())
            self._cores = usable_cores() if len(courses) == 1 else frozenset()
            for served in courses:
                slots = self._slots_for(read_course(served))
                slots.warm(max(1, self._threads // len(courses)))
        except BpgradeError as error:  # said again when something of it is handed in
            self._say(error.message)
        except jobs.AWAY as error:
            self._wait_for_database(error)

    def _lease(self) -> None:
        """Lease jobs that can begin at once: one that only waits here dies with us."""
        room = self._room()
        if room <= 0 or not jobs.is_any_to_lease():
            return
        found = jobs.lease(self.name, room)
        with self._lock:
            self._held |= {job.pk for job in found}
            self._at_work |= {job.pk for job in found}
        for job in found:
            self._leased.put(job)

    def _room(self) -> int:
        """Return how many more may be graded now."""
        with self._lock:
            slots = [slots for _course, slots in self._slots.values()]
            at_work = len(self._at_work)
        slow = sum(each.slow(SLOW_SECONDS) for each in slots)
        return room_beside(at_work, slow, self._threads)

    def _renew(self) -> None:
        with self._lock:
            held = list(self._held)
        if held:
            jobs.renew(self.name, held)

    def _hand_back(self) -> None:
        waiting = []
        while not self._leased.empty():
            waiting.append(self._leased.get_nowait().pk)
        try:
            jobs.hand_back(self.name, waiting)
        except jobs.AWAY as error:  # others have them when our leases have run out
            self._say_away(error)

    def _grade_on(self) -> None:
        while not self._stopped.is_set():
            try:
                job = self._leased.get(timeout=0.2)
            except queue.Empty:
                continue
            try:
                self._grade_at_last(job)
            except Exception as error:  # one attempt must not end the worker
                self._say(f"attempt {job.attempt_id}: {failure(error)}")
                close_old_connections()
            finally:
                self._make_room(job)
                with self._lock:
                    self._held.discard(job.pk)

    def _make_room(self, job: Job) -> None:
        """Say that no process is at a job any more."""
        with self._lock:
            self._at_work.discard(job.pk)
        self._free.set()

    def _grade_at_last(self, job: Job) -> None:
        """Grade, anew where the database was away meanwhile: to let go of it would be a death."""
        self._with_database(lambda: self._grade(job))

    def _grade(self, job: Job) -> None:
        attempt = job.attempt
        content = bytes(attempt.content)
        try:
            read = read_course(attempt.course)
            exercise = read.course.exercise(attempt.exercise)
        except BpgradeError as error:  # it waits until the course is mended
            self._say(f"{attempt.course.name}: {error.message}")
            jobs.wait_for_course(self.name, job)
            return
        if job.regrade is not None and job.regrade.version != read.identity.version(exercise):
            jobs.put_off(self.name, job.regrade.pk)
            return
        beside = attempt.files_beside
        key = read.identity.key(exercise, attempt.file_name, content, beside)
        task = Task(key, attempt.exercise, attempt.file_name, content, beside)
        if job.deaths >= jobs.MAX_DEATHS:
            reason = _("the grader ended twice while grading this submission")
            self._end_ungraded(job, task, read, reason, JobState.GIVEN_UP)
            return
        try:
            graded = self._slots_for(read).grade([task])
        except BpgradeError as error:
            self._say(f"{attempt.course.name}: {error.message}")
            self._end_ungraded(job, task, read, error.message, JobState.GRADED)
            return
        if graded.results:
            self._make_room(job)
            self._end(job, graded.results[0], read)
        elif graded.lost:
            self._lost(job, task, read, graded.lost[task.key])
        else:  # the course has changed meanwhile
            jobs.hand_back(self.name, [job.pk])

    def _lost(self, job: Job, task: Task, read: ReadCourse, how: str) -> None:
        """Grade once more where a grading process was lost, then give up."""
        again = self._slots_for(read).grade([task])
        if again.results:
            self._end(job, again.results[0], read)
        else:
            reason = _("the grader ended twice: {how}", how=how)
            self._end_ungraded(job, task, read, reason, JobState.GIVEN_UP)

    def _end_ungraded(
        self, job: Job, task: Task, read: ReadCourse, reason: str, state: JobState
    ) -> None:
        self._end(job, ungraded(task, read.course, self._job(read), reason), read, state)

    def _end(
        self, job: Job, done: Done, read: ReadCourse, state: JobState = JobState.GRADED
    ) -> None:
        """Write a result, as soon as the database can be written to."""
        result = GradedResult(
            status=done.status,
            score=done.score,
            max_score=done.max_score,
            document=done.document,
            course_version=read.identity.version(read.course.exercise(done.exercise)),
        )
        self._with_database(lambda: jobs.end(job, done.key, result, state))

    def _with_database(self, act: Callable[[], object]) -> None:
        """Do something with the database, anew where it was away meanwhile, until `stop`."""
        while True:
            try:
                act()
            except jobs.AWAY as error:
                self._wait_for_database(error)
                if self._stopped.is_set():
                    return
            else:
                return

    def _wait_for_database(self, error: Exception) -> None:
        self._say_away(error)
        close_old_connections()
        self._stopped.wait(_AWAY_SECONDS)

    def _say_away(self, error: Exception) -> None:
        reason = (str(error) or type(error).__name__).splitlines()[0]
        self._say(f"the database cannot be used: {reason}")

    def _slots_for(self, read: ReadCourse) -> Slots | ClusterSlots:
        """Return the processes for a course, started anew where the course has changed."""
        with self._lock:
            known = self._slots.get(read.course.name)
            if known is not None and known[0] is read:
                return known[1]
            if known is not None:
                threading.Thread(target=known[1].close, daemon=True).start()
            slots = self._new_slots(read)
            self._slots[read.course.name] = (read, slots)
            return slots

    def _new_slots(self, read: ReadCourse) -> Slots | ClusterSlots:
        if self._cluster is not None:
            from grader.server.cluster_slots import ClusterSlots

            return ClusterSlots(read.course, self._job(read), self._cluster, self._say)
        begin(read.course)
        cores = self._cores if self._threads >= len(self._cores) else frozenset()
        return Slots(self._job(read), stuck_seconds(read.course), cores)

    @staticmethod
    def _job(read: ReadCourse) -> BatchJob:
        names = tuple(exercise.name for exercise in read.course.exercises)
        return BatchJob(str(read.course.folder), names, SEED, ISOLATION)
