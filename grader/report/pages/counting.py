"""What a class did, counted: pure functions of its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import fsum
from statistics import mean, median

from grader.report.pages.rows import CheckKey, Handing, Likeness, Mistake, Row
from grader.result import Diagnosis

_RARE_SHARE = 0.02
_RARE_AT_LEAST = 3


@dataclass(frozen=True, slots=True)
class CheckCount:
    """A check: how many were held to it, how many it cost points, and how many points in all."""

    check: CheckKey
    held: int
    failed: int
    lost: float

    @property
    def share(self) -> float:
        """The share of its points that it cost."""
        possible = self.check.max_points * self.held
        return self.lost / possible if possible else 0.0


@dataclass(frozen=True, slots=True)
class MistakeCount:
    """A named mistake and who made it, with what one of them was told of it."""

    mistake: Mistake
    title: str
    message: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Few submissions that are wrong in the same way; `identical` where their files are equal."""

    likeness: Likeness
    rows: tuple[Row, ...]
    identical: bool


@dataclass(frozen=True, slots=True)
class ExerciseCount:
    """One exercise: its scores, and how many there are without one."""

    name: str
    max_score: float
    scores: tuple[float, ...]
    full: int
    without: int
    missing: int

    @property
    def middle(self) -> float:
        """The median of the scores; 0 where there are none."""
        return median(self.scores) if self.scores else 0.0

    @property
    def average(self) -> float:
        """The mean of the scores; 0 where there are none."""
        return mean(self.scores) if self.scores else 0.0


@dataclass(frozen=True, slots=True)
class ClassCount:
    """All that the class page counts."""

    rows: tuple[Row, ...]
    exercises: tuple[ExerciseCount, ...]
    checks: tuple[CheckCount, ...]
    mistakes: tuple[MistakeCount, ...]
    groups: tuple[Group, ...]
    handings: tuple[Handing, ...] = field(default=())

    @property
    def students(self) -> int:
        """How many people there are."""
        return len({row.student for row in self.rows})

    @property
    def without_grade(self) -> tuple[Row, ...]:
        """What the instructor has to look at first."""
        return tuple(row for row in self.rows if row.standing in ("ungraded", "unreadable"))

    @property
    def to_look_at(self) -> tuple[Row, ...]:
        """The grades with something changed under a decision."""
        return tuple(row for row in self.rows if row.remarks)

    @property
    def hardest(self) -> CheckCount | None:
        """The check that cost the largest share of its points; None where nothing cost any."""
        most = max(self.checks, key=lambda one: (one.share, one.lost), default=None)
        return most if most is not None and most.lost > 0 else None


def count(rows: Iterable[Row], handings: Iterable[Handing] = ()) -> ClassCount:
    """Return what a class did; the rows without a grade come first."""
    order = ("ungraded", "unreadable")
    ordered = sorted(
        rows, key=lambda row: (row.standing not in order, row.student.name.casefold(), row.exercise)
    )
    return ClassCount(
        rows=tuple(ordered),
        exercises=_exercises(ordered),
        checks=_checks(ordered),
        mistakes=_mistakes(ordered),
        groups=_groups(ordered),
        handings=tuple(handings),
    )


def _exercises(rows: Sequence[Row]) -> tuple[ExerciseCount, ...]:
    names = sorted({row.exercise for row in rows})
    return tuple(_exercise(name, [row for row in rows if row.exercise == name]) for name in names)


def _exercise(name: str, rows: Sequence[Row]) -> ExerciseCount:
    standings = Counter(row.standing for row in rows)
    return ExerciseCount(
        name=name,
        max_score=max(row.max_score for row in rows),
        scores=tuple(row.score for row in rows if row.score is not None),
        full=standings["full"],
        without=standings["ungraded"] + standings["unreadable"],
        missing=standings["missing"],
    )


def _checks(rows: Sequence[Row]) -> tuple[CheckCount, ...]:
    """Return the checks, those that cost most points first."""
    lost: dict[CheckKey, list[float]] = defaultdict(list)
    for row in rows:
        for check, points in row.checks:
            lost[check].append(points)
    counts = [
        CheckCount(check, len(costs), sum(cost > 0 for cost in costs), fsum(costs))
        for check, costs in lost.items()
    ]
    return tuple(sorted(counts, key=lambda one: (-one.lost, one.check.exercise, one.check.id)))


def _mistakes(rows: Sequence[Row]) -> tuple[MistakeCount, ...]:
    """Return the mistakes, the frequent ones first."""
    made: dict[Mistake, list[Row]] = defaultdict(list)
    told: dict[Mistake, Diagnosis] = {}
    for row in rows:
        for mistake, diagnosis in row.mistakes.items():
            made[mistake].append(row)
            told.setdefault(mistake, diagnosis)
    counts = [
        MistakeCount(one, told[one].title, _first_sentence(told[one].message), tuple(who))
        for one, who in made.items()
    ]
    return tuple(sorted(counts, key=lambda one: (-len(one.rows), one.title, one.mistake.id)))


def _first_sentence(message: str) -> str:
    return message[:200].partition(". ")[0]


def _groups(rows: Sequence[Row]) -> tuple[Group, ...]:
    """Return the groups that share what hardly anybody else has."""
    sizes = Counter(row.exercise for row in rows if row.standing in ("full", "lost"))
    alike: dict[Likeness, list[Row]] = defaultdict(list)
    for row in rows:
        for likeness in row.likenesses:
            alike[likeness].append(row)
    groups = [
        Group(likeness, tuple(who), len({row.digest for row in who}) == 1)
        for likeness, who in alike.items()
        if 2 <= len({row.student for row in who}) <= _rare(sizes[likeness.exercise])
    ]
    return tuple(
        sorted(groups, key=lambda one: (not one.identical, -len(one.rows), one.likeness.told))
    )


def _rare(size: int) -> int:
    """Return how many of a class may share a mistake for it to be called rare."""
    return min(max(_RARE_AT_LEAST, int(size * _RARE_SHARE)), size // 4)
