"""A batch from its plan to its outputs: what the journal knows is not done again."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import field
from itertools import islice
from pathlib import Path
from typing import Final

from grader.batch import outputs
from grader.batch.archive import Hand
from grader.batch.cache_key import Identity
from grader.batch.executor import Done, Executor, Task
from grader.batch.imported import imported
from grader.batch.journal import Journal
from grader.batch.late import lateness
from grader.batch.outputs import GradedAttempt
from grader.batch.records import BatchAttempt, Entry, LeftOver, Plan
from grader.batch.similar_work import SimilarGroup, compare
from grader.course import Course
from grader.errors import BpgradeError, UsageError, reason_of
from grader.grading.file_names import folded
from grader.language import gettext, translated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.safe_text import visible
from grader.result import Outcome, Result

_LONGEST_REASON: Final = 160


class OutputError(BpgradeError):
    """The output folder cannot take what the batch has to write."""


@dataclass(slots=True)
class Counts:
    """How many submissions have ended how, so far: a group's counts once.

    `reused` were graded by an earlier run; `alike` are equal to another one of this run, and share
    its result. `by_hand` are of exercises that a person grades a part of, `in_parts`.
    """

    total: int
    full_marks: int = 0
    points_lost: int = 0
    by_hand: int = 0
    ungraded: int = 0
    unreadable: int = 0
    reused: int = 0
    alike: int = 0
    in_parts: frozenset[str] = frozenset()

    @property
    def ended(self) -> int:
        """All that have a result, or never will."""
        graded = self.full_marks + self.points_lost + self.by_hand
        return graded + self.ungraded + self.unreadable

    def add(self, done: Done, submissions: int = 1) -> None:
        """Count a result that so many submissions have."""
        if done.status != "graded":
            self.ungraded += submissions
        elif done.exercise in self.in_parts:
            self.by_hand += submissions
        elif done.score >= done.max_score:
            self.full_marks += submissions
        else:
            self.points_lost += submissions


@dataclass(slots=True)
class Batch:
    """One batch over a plan.

    Attributes
    ----------
    regrade : str
        A student, exercise, function or check whose results are graded again; empty for none.
    retry_ungraded : bool
        Whether what the grader could not grade before is tried again.
    """

    course: Course
    hand: Hand
    plan: Plan
    journal: Journal
    identity: Identity
    regrade: str = ""
    retry_ungraded: bool = False
    counts: Counts = field(init=False)
    _keys: list[str] = field(init=False)
    _left_over: list[LeftOver] = field(init=False)

    def __post_init__(self) -> None:
        in_parts = frozenset(one.name for one in self.course.exercises if one.by_hand)
        number = len({_place(one) for one in self.plan.attempts})
        self.counts = Counts(number, in_parts=in_parts)
        self._keys = [""] * len(self.plan.attempts)
        self._left_over = list(self.plan.left_over)

    def run(self, executor: Executor, progress: Callable[[Counts], None]) -> None:
        """Grade what is not graded yet; each result is in the journal as soon as it is known."""
        if self.regrade:
            self._forget()
        waiting: dict[str, int] = {}
        with closing(executor.run(self._tasks(waiting, progress))) as results:
            for done in results:
                self.journal.put(done)
                self.counts.add(done, waiting.pop(done.key))
                progress(self.counts)
        progress(self.counts)

    def _tasks(self, waiting: dict[str, int], progress: Callable[[Counts], None]) -> Iterator[Task]:
        """Give what is to be graded; equal files of several students are one task."""
        begun: set[str] = set()
        first: dict[tuple[Entry, str], int] = {}
        for index, attempt in enumerate(self.plan.attempts):
            same = first.setdefault(_place(attempt), index)
            if same != index:  # one submission of a group
                self._keys[index] = self._keys[same]
                continue
            data = self._read(attempt)
            if data is None:
                continue
            files = imported(attempt, data, self.hand)
            key = self.identity.key(attempt.exercise, attempt.name, data, files)
            self._keys[index] = key
            if key in waiting:
                waiting[key] += 1
                self.counts.alike += 1
                continue
            found = self.journal.find(key)
            if found and (key in begun or not self._is_tried_again(found)):
                self.counts.alike += key in begun
                self.counts.reused += key not in begun
                self.counts.add(found)
                progress(self.counts)
                continue
            begun.add(key)
            waiting[key] = 1
            yield Task(key, attempt.exercise.name, attempt.name, data, files)

    def _is_tried_again(self, found: Done) -> bool:
        return self.retry_ungraded and found.status == "ungraded"

    def _read(self, attempt: BatchAttempt) -> bytes | None:
        try:
            return self.hand.read(attempt.entry)
        except OSError as error:
            reason = _("not graded: {reason}", reason=reason_of(error))
            self._left_over.append(LeftOver(attempt.entry.path, reason, attempt.exercise.name))
            self.counts.unreadable += 1
            return None

    def _forget(self) -> None:
        """Mark what is to be graded again, in the journal, so that a new start goes on with it."""
        hit = False
        for attempt in self.plan.attempts:
            try:
                data = self.hand.read(attempt.entry)
            except OSError:  # told, and counted, when its turn comes
                continue
            files = imported(attempt, data, self.hand)
            key = self.identity.key(attempt.exercise, attempt.name, data, files)
            if self._is_meant(attempt, self.journal.find(key)):
                hit = True
                self.journal.forget(key)
        if not hit:
            raise UsageError(
                _("nothing here is called {name}", name=self.regrade),
                _("--regrade takes a student's id or name, or an exercise, a function or a check"),
            )

    def _is_meant(self, attempt: BatchAttempt, found: Done | None) -> bool:
        student = attempt.student
        if folded(self.regrade) in (folded(student.id), folded(student.name)):
            return True
        if self.regrade == attempt.exercise.name:
            return True
        if self.regrade in attempt.exercise.functions:
            return True
        if found is None or self.regrade not in found.document:
            return False
        return any(check["id"] == self.regrade for check in json.loads(found.document)["checks"])

    def write(self, folder: Path) -> Path | None:
        """Write the outputs; return where a filled-in left_over.csv is kept that was not used."""
        order = sorted(self._left_over, key=lambda one: (one.path, one.reason))
        return outputs.write(folder, self.course, self.plan, self._graded, order)

    def _graded(self) -> Iterator[GradedAttempt]:
        for attempt, key in zip(self.plan.attempts, self._keys, strict=True):
            done = self.journal.find(key) if key else None
            yield GradedAttempt(attempt, lateness(attempt, self.course), done)

    def similar(self) -> tuple[SimilarGroup, ...]:
        """Return the submissions that are more alike than the exercise explains."""
        return compare(self._graded(), self.hand, self.course)

    def ungraded_files(self, most: int) -> list[str]:
        """Return the first files that have no grade, with the reasons that are known."""
        ungraded = (one for one in self._graded() if one.status != "graded")
        found = {_place(one.attempt): one for one in ungraded}.values()
        return [_with_reason(one) for one in islice(found, most)]

    @property
    def left_over(self) -> tuple[LeftOver, ...]:
        """What could not be given its place, or not be read."""
        return tuple(self._left_over)


def _place(attempt: BatchAttempt) -> tuple[Entry, str]:
    """Return what one submission is known by, however many students it is of."""
    return attempt.entry, attempt.exercise.name


def _with_reason(one: GradedAttempt) -> str:
    """Return a file with why the grader failed, on one line, where that is known."""
    path = one.attempt.entry.path
    checks = Result.from_json(one.done.document).checks if one.done else ()
    reasons = (each.feedback for each in checks if each.outcome == Outcome.GRADER_ERROR)
    first = translated(next(reasons, "")).partition("\n")[0][:_LONGEST_REASON]
    if not first:
        return path
    return gettext("{path} ({reason})", path=path, reason=visible(first, lines=False))


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what the system says of the output folder into words for the user."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", "")
        raise _output_error(folder, name == "SQLITE_FULL", str(error)) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise _output_error(folder, full, reason_of(error)) from error


def _output_error(folder: Path, full: bool, reason: str) -> OutputError:
    if full:
        return OutputError(
            _("the disk that holds {folder} is full; all results so far are kept", folder=folder),
            _("free some space, then rerun the same command to resume"),
        )
    return OutputError(
        _("{folder} cannot be written: {reason}", folder=folder, reason=reason),
        _("choose another folder with -o"),
    )
