"""What became of the grades between two batches over the same class: pure, one kind a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from grader.batch.records import Student
from grader.batch.results_reader import Record
from grader.decisions.results import Graded
from grader.quick_dataclass import dataclass
from grader.result import Result

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

    `before` and `after` are the standings, `graded`, `ungraded`, `unreadable`, `missing`,
    `excused`, `withheld`, `pending` (a person has yet to grade a part) or `absent`; the
    scores are what counts, after lateness and decisions, and None where there is no grade.
    `decided` says whether the later grade is a decided one. Where a person has yet to grade parts
    both times, `so_far` is what all else comes to, before and after.
    """

    student: Student
    exercise: str
    before: str
    after: str
    score_before: float | None
    score_after: float | None
    resubmitted: bool
    checks: tuple[CheckChange, ...]
    decided: bool = False
    so_far: tuple[float, float] | None = None

    @property
    def grade_changed(self) -> bool:
        """Whether the grade is another one, or will be, or is there in one of both alone."""
        is_other = self.score_before != self.score_after or self.before != self.after
        return is_other or (self.so_far is not None and self.so_far[0] != self.so_far[1])

    @property
    def change(self) -> float:
        """By how much the grade went up; 0 where one of both is not there."""
        if self.so_far is not None:
            return self.so_far[1] - self.so_far[0]
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


def compare(before: Iterable[Graded], after: Iterable[Graded]) -> Comparison:
    """Return what is different between the grades that count."""
    old = {_key(one): _with_kept(one) for one in before if _is_there(one)}
    new = {_key(one): _with_kept(one) for one in after if _is_there(one)}
    keys = sorted(old.keys() | new.keys())
    found = (_difference(old.get(key), new.get(key)) for key in keys)
    return Comparison(
        compared=len(old.keys() & new.keys()),
        differences=tuple(one for one in found if one.grade_changed or one.checks),
    )


def _key(graded: Graded) -> Key:
    student = graded.grade.student
    return student.id, student.name, graded.grade.exercise


def _is_there(graded: Graded) -> bool:
    """Whether something was handed in, or decided all the same."""
    return bool(graded.records) or graded.grade.standing != "none"


def _with_kept(graded: Graded) -> Graded:
    """Return a grade with no more records than the one that counts, which are large."""
    return replace(graded, records=(graded.kept,) if graded.kept else ())


def _difference(old: Graded | None, new: Graded | None) -> Difference:
    either = new or old
    assert either is not None
    before, after = old.kept if old else None, new.kept if new else None
    return Difference(
        student=either.grade.student,
        exercise=either.grade.exercise,
        before=_standing(old),
        after=_standing(new),
        score_before=old.grade.final if old else None,
        score_after=new.grade.final if new else None,
        resubmitted=_digest(before) != _digest(after) and bool(before and after),
        checks=_checks(before, after),
        decided=new is not None and new.grade.decided is not None,
        so_far=_so_far(old, new),
    )


def _so_far(old: Graded | None, new: Graded | None) -> tuple[float, float] | None:
    if old is None or new is None or {_standing(old), _standing(new)} != {"pending"}:
        return None
    return old.grade.so_far or 0.0, new.grade.so_far or 0.0


def _standing(graded: Graded | None) -> str:
    if graded is None:
        return "absent"
    grade = graded.grade
    if grade.standing in ("excused", "withheld", "pending"):
        return grade.standing
    # a decided grade is one, whatever became of the submission
    return "graded" if grade.final is not None else grade.status


def _digest(record: Record | None) -> str:
    return record.result.submission.sha256 if record and record.result else ""


def _checks(old: Record | None, new: Record | None) -> tuple[CheckChange, ...]:
    if old is None or new is None or old.result is None or new.result is None:
        return ()
    return check_changes(old.result, new.result)


def check_changes(earlier: Result, later: Result) -> tuple[CheckChange, ...]:
    """Return the checks that ended otherwise in a later result."""
    before = {check.id: check for check in earlier.checks}
    after = {check.id: check for check in later.checks}
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
