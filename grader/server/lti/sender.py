"""Sends grades to platforms: one sender a platform, a few at a time, in order, again and again.

A worker runs it. What is sent is what counts at that moment, by `grader.server.grades`.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connections
from django.utils import timezone

from grader.course import Course
from grader.decisions.decision_words import for_student
from grader.decisions.final_grade import decided_deadline
from grader.errors import BpgradeError
from grader.language import reading
from grader.lti.errors import AwayError, ServiceError
from grader.lti.gradebook import Score, post_score
from grader.quick_dataclass import dataclass
from grader.report.pages.folder import lateness_text
from grader.server import grades
from grader.server.access import Visit
from grader.server.courses import course_of, read_course
from grader.server.logs import failure
from grader.server.lti import outbox
from grader.server.lti.comparing import read_back, unread_columns
from grader.server.lti.models import GradeState, LtiGrade, LtiPlatform
from grader.server.lti.speaking import services_of
from grader.server.models import Person, Role, ServedCourse
from grader.server.queue import AWAY
from grader.server.showing import shown_to

_IDLE_SECONDS: Final = 0.5
_READ_BACK_SECONDS: Final = 60.0
_AT_ONCE: Final = 8
_BATCH: Final = 250
_GIVEN_UP_AFTER: Final = timedelta(days=7)
_TOLD_WITHIN: Final = timedelta(days=1)  # after a deadline, with its minutes of grace
_FIRST_PAUSE: Final = 10.0
_LONGEST_PAUSE: Final = 6 * 3600.0
_NOT_FINAL: Final = {300, 301, 302, 303, 307, 308, 401, 403, 408, 425}


@dataclass(frozen=True, slots=True)
class Letter:
    """A grade with what is sent of it."""

    grade: LtiGrade
    score: Score

    @property
    def comment_digest(self) -> str:
        """What tells one comment from another."""
        return hashlib.sha256(self.score.comment.encode()).hexdigest()


class Sender:
    """Sends what waits, until it is stopped, and reads it back; a thread for each platform.

    Parameters
    ----------
    name : str
        What this sender is known by among others.
    say : callable
        Takes a line on what has gone wrong; no names, no grades.
    """

    def __init__(self, name: str, say: Callable[[str], None]) -> None:
        self._name = name
        self._say = say
        self._stopped = threading.Event()
        self._threads: dict[int, threading.Thread] = {}
        self._read: dict[int, float] = {}

    def stop(self) -> None:
        """End after what is being sent now."""
        self._stopped.set()

    def run(self) -> None:
        """Send until `stop` is called."""
        looked = time.monotonic()
        while not self._stopped.wait(_IDLE_SECONDS):
            try:
                busy = outbox.busy_platforms()
                if time.monotonic() - looked > _READ_BACK_SECONDS:
                    looked = time.monotonic()
                    busy |= set(unread_columns().values_list("course__platform", flat=True))
            except AWAY:  # the worker says so
                connections.close_all()
                continue
            for platform in busy:
                known = self._threads.get(platform)
                if known is None or not known.is_alive():
                    started = threading.Thread(target=self._serve, args=[platform], daemon=True)
                    self._threads[platform] = started
                    started.start()
        for thread in self._threads.values():
            thread.join(60.0)
        connections.close_all()

    def _serve(self, platform: int) -> None:
        """Send what waits for one platform, unless another sender has it."""
        try:
            if not outbox.lease(platform, self._name):
                return
            while not self._stopped.is_set() and send_some(platform):
                outbox.lease(platform, self._name)
            if time.monotonic() - self._read.get(platform, 0.0) > _READ_BACK_SECONDS:
                self._read[platform] = time.monotonic()
                read_back(platform)
            outbox.release(platform, self._name)
        except Exception as error:  # one platform must not end the others
            self._say(f"platform {platform}: {failure(error)}")
            self._stopped.wait(_FIRST_PAUSE)
        finally:
            connections.close_all()


def send_some(platform: int) -> bool:
    """Send grades of one column to a platform; return whether it is worth going on at once."""
    rows = outbox.due_grades(platform, _BATCH)
    if not rows:
        return False
    letters = list(_letters(rows))
    now = timezone.now()
    ready = []
    for one in letters:
        if one.grade.stamped and int(one.grade.stamped.timestamp()) >= int(now.timestamp()):
            outbox.put_off(one.grade, one.grade.stamped + timedelta(seconds=1))
        else:
            ready.append(one)
    LtiGrade.objects.filter(pk__in=[one.grade.pk for one in ready]).update(stamped=now)
    services = services_of(rows[0].column.course.platform)

    def post(letter: Letter) -> BpgradeError | None:
        try:
            post_score(services, letter.grade.column.address, letter.score)
        except BpgradeError as error:
            return error
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(_AT_ONCE, "send") as threads:
        outcomes = list(threads.map(post, ready))
    is_away = False
    for letter, outcome in zip(ready, outcomes, strict=True):
        is_away = _ended(letter, outcome) or is_away
    _note_platform(platform, [one for one in outcomes if one], any(one is None for one in outcomes))
    return not is_away


def _letters(rows: Sequence[LtiGrade]) -> Iterator[Letter]:
    """Give what is to be sent of grades of one column; end those without anything to send."""
    column = rows[0].column
    served = column.course.course
    try:
        course = course_of(served) if served else None
    except BpgradeError:  # it is being edited: its grades wait
        for row in rows:
            outbox.put_off(row, timezone.now() + timedelta(seconds=_FIRST_PAUSE))
        return
    if course is None or column.exercise not in {one.name for one in course.exercises}:
        for row in rows:
            outbox.settle(row, GradeState.HELD)
        return
    people = {row.identity.person_id: row for row in rows}
    persons = [row.identity.person for row in rows]
    for person, exercise_grade in zip(
        persons, grades.exercise_grades(served, persons, column.exercise), strict=True
    ):
        row = people[person.pk]
        letter = _letter(course, exercise_grade, row)
        if letter is None:
            _hold(row, exercise_grade)
        elif _is_there(letter):
            outbox.settle(row, GradeState.SENT)
        else:
            yield letter


def counts_for(
    served: ServedCourse, person: Person, exercise_grade: grades.ExerciseGrade
) -> float | None:
    """Return what counts of a student's grade; None while nothing does, or it isn't told yet."""
    final = exercise_grade.grade.final
    if (
        final is None
        or not shown_to(Visit(person, served, Role.STUDENT), exercise_grade).has_scores
    ):
        return None
    return max(final, 0.0)


def _letter(course: Course, exercise_grade: grades.ExerciseGrade, row: LtiGrade) -> Letter | None:
    """Return what is to be sent of a grade; None while nothing counts, or it isn't told yet."""
    counts = counts_for(row.column.course.course, row.identity.person, exercise_grade)
    if counts is None:
        return None
    with reading(course.language):
        kept = exercise_grade.kept
        late = lateness_text(kept.lateness) if kept else ""
        comment = "\n".join(
            str(line) for line in (late, *for_student(exercise_grade.grade)) if line
        )
    maximum = exercise_grade.grade.max_score
    return Letter(row, Score(row.identity.subject, counts, maximum, datetime.now(UTC), comment))


def _hold(row: LtiGrade, exercise_grade: grades.ExerciseGrade) -> None:
    """Keep a grade back; one that is only told after the deadline until that is over."""
    served = row.column.course.course
    rule = read_course(served).description
    deadline = decided_deadline(exercise_grade.grade.decisions, rule, exercise_grade.grade.exercise)
    now = timezone.now()
    if exercise_grade.grade.final is None or deadline is None or now > deadline + _TOLD_WITHIN:
        outbox.settle(row, GradeState.HELD)
    else:
        due = max(deadline, now) + timedelta(seconds=_READ_BACK_SECONDS)
        outbox.put_off(row, due, waits_since=due)


def _is_there(letter: Letter) -> bool:
    """Whether the platform has this grade already, as far as it was told."""
    row, score = letter.grade, letter.score
    same = (row.score, row.maximum) == (score.given, score.maximum)
    return same and row.comment_digest == letter.comment_digest


def _ended(letter: Letter, outcome: BpgradeError | None) -> bool:
    """Write what has become of a grade; return whether the platform as a whole is away."""
    row, now = letter.grade, timezone.now()
    if outcome is None:
        outbox.settle(
            row,
            GradeState.SENT,
            score=letter.score.given,
            maximum=letter.score.maximum,
            comment_digest=letter.comment_digest,
            sent_at=now,
            words="",
            tries=0,
        )
        return False
    words = str(outcome.message)[:500]
    status = outcome.status if isinstance(outcome, ServiceError) else 0
    if status == 409:
        outbox.settle(row, GradeState.SUPERSEDED, words=words)
        return False
    may_pass = isinstance(outcome, AwayError) or status in _NOT_FINAL or not status
    if not may_pass or now - row.waits_since > _GIVEN_UP_AFTER:
        outbox.settle(row, GradeState.REFUSED, words=words)
        return False
    whole = isinstance(outcome, AwayError) and outcome.is_whole
    tries = row.tries + (not whole)
    wait = outcome.retry_after if isinstance(outcome, AwayError) else 0.0
    due = now if whole else now + timedelta(seconds=max(pause(tries), min(wait, _LONGEST_PAUSE)))
    outbox.put_off(row, due, tries=tries, words=words)
    return whole


def _note_platform(platform: int, errors: Sequence[BpgradeError], any_arrived: bool) -> None:
    """Let a platform that is away alone for a while, longer each time; note that it is back."""
    found = LtiPlatform.objects.get(pk=platform)
    away = [one for one in errors if isinstance(one, AwayError) and one.is_whole]
    if away:
        found.failures = min(1 if any_arrived else found.failures + 1, 100)
        wait = max(one.retry_after for one in away)
        seconds = min(max(pause(found.failures), wait), _LONGEST_PAUSE)
        found.paused_until = timezone.now() + timedelta(seconds=seconds)
        found.trouble = str(away[0].message)[:500]
    elif any_arrived:
        found.failures, found.paused_until, found.trouble = 0, None, ""
    else:
        return
    found.save(update_fields=["failures", "paused_until", "trouble"])


def pause(tries: int) -> float:
    """Return how many seconds to wait after so many failures: three times as long each time."""
    return float(min(_FIRST_PAUSE * 3.0 ** min(max(tries, 1) - 1, 20), _LONGEST_PAUSE))
