"""What became of the grades between two batches over the same class: pure, one kind a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from grader.batch.records import Student
from grader.batch.results_reader import Record

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class CheckChange:
    """A check that ended otherwise for a student; None where it was not there."""

    function: str
    id: str
    title: str
    before: str | None
    after: str | None
    points_before: float
    points_after: float


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different for one student and exercise.

    `before` and `after` are the standings, `graded`, `ungraded`, `unreadable` or `absent`; the
    scores are what counts, after lateness, and None where there is no grade.
    """

    student: Student
    exercise: str
    before: str
    after: str
    score_before: float | None
    score_after: float | None
    resubmitted: bool
    checks: tuple[CheckChange, ...]

    @property
    def grade_changed(self) -> bool:
        """Whether the grade is another one, or is there in one of both alone."""
        return self.score_before != self.score_after or self.before != self.after

    @property
    def change(self) -> float:
        """By how much the grade went up; 0 where one of both is not there."""
        if self.score_before is None or self.score_after is None:
            return 0.0
        return self.score_after - self.score_before


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two batches compared: how many have both been graded in, and all that is different."""

    compared: int
    differences: tuple[Difference, ...]

    @property
    def grades(self) -> tuple[Difference, ...]:
        """The differences that change a grade, the largest first."""
        changed = [one for one in self.differences if one.grade_changed]
        return tuple(sorted(changed, key=lambda one: (-abs(one.change), one.student.id)))

    @property
    def by_check(self) -> tuple[tuple[CheckChange, int], ...]:
        """Each way in which a check changed, with how many it concerns."""
        counts = Counter(
            CheckChange(one.function, one.id, one.title, one.before, one.after, 0.0, 0.0)
            for difference in self.differences
            for one in difference.checks
        )
        return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0].id)))


def compare(before: Iterable[Record], after: Iterable[Record]) -> Comparison:
    """Return what is different between the attempts that count."""
    old = {_key(one): one for one in before}
    new = {_key(one): one for one in after}
    keys = sorted(old.keys() | new.keys())
    found = (_difference(old.get(key), new.get(key)) for key in keys)
    return Comparison(
        compared=len(old.keys() & new.keys()),
        differences=tuple(one for one in found if one.grade_changed or one.checks),
    )


def _key(record: Record) -> Key:
    return record.student.id, record.student.name, record.exercise


def _difference(old: Record | None, new: Record | None) -> Difference:
    either = new or old
    assert either is not None
    return Difference(
        student=either.student,
        exercise=either.exercise,
        before=old.status if old else "absent",
        after=new.status if new else "absent",
        score_before=old.final if old else None,
        score_after=new.final if new else None,
        resubmitted=_digest(old) != _digest(new) and bool(old and new),
        checks=_checks(old, new),
    )


def _digest(record: Record | None) -> str:
    return record.result.submission.sha256 if record and record.result else ""


def _checks(old: Record | None, new: Record | None) -> tuple[CheckChange, ...]:
    if old is None or new is None or old.result is None or new.result is None:
        return ()
    before = {check.id: check for check in old.result.checks}
    after = {check.id: check for check in new.result.checks}
    changes = []
    for id in dict.fromkeys((*after, *before)):
        one, other = before.get(id), after.get(id)
        either = other or one
        assert either is not None
        same = one and other and (one.outcome, one.points) == (other.outcome, other.points)
        if not same:
            changes.append(
                CheckChange(
                    function=either.function,
                    id=id,
                    title=either.title,
                    before=one.outcome.value if one else None,
                    after=other.outcome.value if other else None,
                    points_before=one.points if one else 0.0,
                    points_after=other.points if other else 0.0,
                )
            )
    return tuple(changes)
