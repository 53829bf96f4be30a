"""The queue of jobs: handed in and queued at once, leased, taken over, ended once.

Every step is one transaction. Two workers never have the same lease: SQLite lets one writer in at
a time, PostgreSQL skips rows that another one has locked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.db import (
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.server.lti import outbox
from grader.server.models import (
    Attempt,
    FileBeside,
    GradedResult,
    Job,
    JobState,
    Person,
    ServedCourse,
)
from grader.server.prepared import PreparedQuery

LEASE: Final = timedelta(seconds=20)
MAX_DEATHS: Final = 2
_ASK_WITHIN: Final = 0.7
_ASK_SOONEST: Final = 0.25
_ASK_LATEST: Final = 15.0
_HOLD_LONGEST: Final = 10.0
_SOON: Final = 5  # so few are before an attempt that nobody needs to be told how long it takes
_PACED_BY: Final = 20
_PUT_OFF: Final = timedelta(seconds=5)
_STALLED: Final = LEASE  # so long nobody is told that a worker has died, or starts again
ENDED: Final = (JobState.GRADED, JobState.GIVEN_UP)
AWAY: Final = (OperationalError, InterfaceError)
"""How a database fails that is gone, restarted, locked for too long, or full."""
NO_WORKER: Final = _(
    "No worker is running, so nothing is graded. Start one with bpgrade serve --worker, or look at"
    " the server's log."
)
"""What is said where the queue is stalled to those who can change it."""


_LAST: Final[PreparedQuery[Attempt]] = PreparedQuery(
    lambda: (
        Attempt.objects.filter(person=-1, course=-2, exercise="-3")
        .only("number")
        .order_by("-number")[:1]
    )
)
_LATEST_RESULTS: Final[PreparedQuery[GradedResult]] = PreparedQuery(
    lambda: GradedResult.objects.order_by("-id").only("graded_at")[:_PACED_BY]
)
_BEFORE: Final[PreparedQuery[Job]] = PreparedQuery(
    lambda: Job.objects.filter(state=JobState.WAITING, pk__lt=-1).only("pk")
)


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """Where an attempt is in the queue.

    Attributes
    ----------
    before : int or None
        How many are before it; None where it has ended.
    is_leased : bool
        Whether a worker is at it.
    seconds : float
        About how long until a worker is at it, by how fast the last ones were graded.
    is_stalled : bool
        Whether no worker is running.
    """

    before: int | None
    is_leased: bool = False
    seconds: float = 0.0
    is_stalled: bool = False

    @property
    def ask_again(self) -> float:
        """After how many seconds it is worth asking again: most of what is left to wait."""
        return min(max(self.seconds * _ASK_WITHIN, _ASK_SOONEST), _ASK_LATEST)

    @property
    def hold_seconds(self) -> float:
        """For how long whoever asks may wait for the end before being told the position anew."""
        return _HOLD_LONGEST if self.is_leased else min(max(self.ask_again, 2.0), _HOLD_LONGEST)


@contextmanager
def one_by_one(person: Person) -> Iterator[None]:
    """Have all in the block be one transaction, and one of the same person's after the other."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # SQLite lets nobody else write meanwhile
            Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        yield


def hand_in(
    person: Person,
    course: ServedCourse,
    exercise: str,
    file_name: str,
    content: bytes,
    key: str = "",
    beside: Sequence[tuple[str, bytes]] = (),
) -> Attempt:
    """Take a file in, with those beside it and the job to grade it: all are kept, or nothing.

    Two of the same person at once are for `one_by_one`.
    """
    with transaction.atomic(savepoint=False):
        last = _LAST.first(person.pk, course.pk, exercise)
        number = (last.number if last else 0) + 1
        attempt = Attempt.objects.create(
            person=person,
            course=course,
            exercise=exercise,
            number=number,
            file_name=file_name,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            beside_sha256=digest_of(beside),
            key=key,
        )
        FileBeside.objects.bulk_create(
            FileBeside(attempt=attempt, path=path, content=data) for path, data in beside
        )
        Job.objects.create(attempt=attempt)
    return attempt


def digest_of(beside: Sequence[tuple[str, bytes]]) -> str:
    """Return what tells the files beside an attempt from others; nothing where there are none."""
    if not beside:
        return ""
    digest = hashlib.sha256()
    for path, data in sorted(beside):
        for part in (path.encode(), data):
            digest.update(len(part).to_bytes(8, "little"))
            digest.update(part)
    return digest.hexdigest()


def is_any_to_lease() -> bool:
    """Return whether `lease` would find a job; asking keeps nobody from writing."""
    now = timezone.now()
    return any(found.first(now) is not None for found in _ANY_TO_LEASE)


def _to_lease(now: datetime | Value) -> tuple[QuerySet[Job], QuerySet[Job]]:
    """Return what waits, and what is for when nothing else does."""
    ran_out = Q(state=JobState.LEASED, leased_until__lt=now)
    put_off = Q(leased_until__isnull=False, leased_until__gt=now)
    return (
        Job.objects.filter(Q(state=JobState.WAITING) | ran_out).exclude(put_off),
        Job.objects.filter(state=JobState.LATER).exclude(put_off),
    )


_ANY_TO_LEASE: Final[tuple[PreparedQuery[Job], ...]] = (
    PreparedQuery(lambda: _to_lease(Value(-1))[0].only("pk")[:1]),
    PreparedQuery(lambda: _to_lease(Value(-1))[1].only("pk")[:1]),
)


@cache
def _first_to_lease(place: int, most: int) -> PreparedQuery[Job]:
    """Return the query for the first jobs of one of both sorts, which nobody else has then."""

    def make() -> QuerySet[Job]:
        jobs = _to_lease(Value(-1))[place]
        if connection.vendor == "postgresql":
            jobs = jobs.select_for_update(skip_locked=True, of=("self",))
        return jobs.select_related("attempt__course", "regrade").order_by("id")[:most]

    return PreparedQuery(make)


def lease(worker: str, most: int) -> list[Job]:
    """Return jobs that this worker has from now on, for `LEASE` or until it renews.

    A lease that has run out is a death of its worker. A job with two deaths is given up.
    """
    now = timezone.now()
    with transaction.atomic():
        taken = _first_to_lease(0, most).rows(now)
        if len(taken) < most:
            taken += _first_to_lease(1, most - len(taken)).rows(now)
        for job in taken:
            if job.state == JobState.LEASED:
                job.deaths += 1
            job.worker, job.leased_until, job.state = worker, now + LEASE, JobState.LEASED
            job.save(update_fields=["worker", "leased_until", "state", "deaths"])
    return taken


def renew(worker: str, jobs: Sequence[int]) -> set[int]:
    """Keep leases for another `LEASE`; return those that are still this worker's."""
    with transaction.atomic():
        own = Job.objects.filter(pk__in=jobs, worker=worker, state=JobState.LEASED)
        own.update(leased_until=timezone.now() + LEASE)
        return set(own.values_list("pk", flat=True))


def hand_back(worker: str, jobs: Sequence[int]) -> None:
    """Let others have jobs that this worker has not begun."""
    own = Job.objects.filter(pk__in=jobs, worker=worker, state=JobState.LEASED)
    own.filter(regrade=None).update(state=JobState.WAITING, worker="", leased_until=None)
    own.update(state=JobState.LATER, worker="", leased_until=None)


def put_off(worker: str, regrade: int) -> None:
    """Leave a regrade alone for a while: the course is not the one that it is of, here or yet."""
    own = Q(state=JobState.LATER) | Q(state=JobState.LEASED, worker=worker)
    Job.objects.filter(own, regrade=regrade).update(
        state=JobState.LATER, worker="", leased_until=timezone.now() + _PUT_OFF
    )


def wait_for_course(worker: str, job: Job) -> None:
    """Leave an exercise's jobs alone for a while: its course can't be used, and others' can."""
    if job.regrade_id is not None:
        put_off(worker, job.regrade_id)
        return
    own = Q(state=JobState.WAITING) | Q(state=JobState.LEASED, worker=worker, pk=job.pk)
    course, exercise = job.attempt.course_id, job.attempt.exercise
    Job.objects.filter(
        own, regrade=None, attempt__course=course, attempt__exercise=exercise
    ).update(state=JobState.WAITING, worker="", leased_until=timezone.now() + _PUT_OFF)


def end(job: Job, version: str, result: GradedResult, state: JobState = JobState.GRADED) -> bool:
    """Write a job's result, once; False where another worker was faster, or it is wanted no more.

    A regrade's result does not count yet.
    """
    with transaction.atomic():
        own = Job.objects.filter(pk=job.pk).exclude(state__in=ENDED)
        if not own.update(state=state, leased_until=None):
            return False
        GradedResult.objects.create(
            attempt=job.attempt,
            regrade_id=job.regrade_id,
            counts=job.regrade_id is None,
            version=version,
            course_version=result.course_version,
            status=result.status,
            score=result.score,
            max_score=result.max_score,
            document=result.document,
        )
        if job.regrade_id is None:
            outbox.mark(job.attempt.course, [job.attempt.person_id], job.attempt.exercise)
    return True


def position(attempt: Attempt) -> QueuePosition:
    """Return where an attempt is in the queue."""
    job = attempt.job
    if job.state in ENDED:
        return QueuePosition(None)
    now = timezone.now()
    if job.state == JobState.LEASED and job.leased_until and job.leased_until > now:
        return QueuePosition(0, is_leased=True)
    before = _BEFORE.count(job.pk)
    seconds = before * _pace() if before > _SOON else 0.0
    stalled = now - attempt.handed_in > _STALLED and is_stalled()
    return QueuePosition(before, seconds=seconds, is_stalled=stalled)


def is_stalled() -> bool:
    """Return whether something has waited for a while and nobody is at work: there is no worker."""
    now = timezone.now()
    since = now - _STALLED
    if Job.objects.filter(state=JobState.LEASED, leased_until__gt=now).exists():
        return False
    last = GradedResult.objects.order_by("-id").values_list("graded_at", flat=True).first()
    if last is not None and last > since:  # seen between two jobs
        return False
    waiting, later = _to_lease(now)
    return (
        waiting.filter(attempt__handed_in__lt=since).exists()
        or later.filter(regrade__begun__lt=since).exists()
    )


def ended_of(attempts: Collection[int]) -> set[int]:
    """Return those of these attempts that have ended; none while the database is away."""
    try:
        ended = Job.objects.filter(attempt__in=attempts, regrade=None, state__in=ENDED)
        return set(ended.values_list("attempt", flat=True))
    except AWAY:
        close_old_connections()
        return set()


def _pace() -> float:
    """Return how many seconds a job took lately, all workers together."""
    times = [each.graded_at for each in _LATEST_RESULTS.rows()]
    return (times[0] - times[-1]).total_seconds() / (len(times) - 1) if len(times) > 1 else 0.0


def waiting() -> int:
    """Return how many jobs nobody has begun."""
    return int(Job.objects.filter(state=JobState.WAITING).count())
