"""What a class did, counted: pure functions of its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from math import fsum
from statistics import mean, median

from grader.batch.records import Student
from grader.quick_dataclass import dataclass
from grader.report.pages.rows import CheckKey, Handing, MadeMistake, Mistake, Row
from grader.report.pages.trouble import TroubleKind
from grader.similarity.comparison import rare
from grader.similarity.likeness import Likeness

_OPEN = ("pending", "ungraded", "unreadable", "withheld")
_FOLLOWS = "follows from "


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
    """A named mistake, who made it, and as one of them made it.

    `handed_in` is how many have handed in its exercise, and `cost` the points that it cost all.
    """

    mistake: Mistake
    example: MadeMistake
    rows: tuple[Row, ...]
    handed_in: int
    cost: float

    @property
    def title(self) -> str:
        """What it is called."""
        return self.example.diagnosis.title

    @property
    def share(self) -> float:
        """The share of those who have handed in its exercise."""
        return len(self.rows) / self.handed_in if self.handed_in else 0.0

    @property
    def is_of_its_own(self) -> bool:
        """Whether it is no mere consequence of another mistake."""
        return not self.mistake.id.startswith(_FOLLOWS)


@dataclass(frozen=True, slots=True)
class Group:
    """Few submissions that are wrong in the same way; `identical` where their files are equal."""

    likeness: Likeness
    rows: tuple[Row, ...]
    identical: bool


@dataclass(frozen=True, slots=True)
class ExerciseCount:
    """One exercise: its scores, how many have handed it in, and how many are without a score.

    `finals` are what counts, after lateness and decisions.
    `trouble` says how many of those handed in are of each kind of trouble.
    """

    name: str
    max_score: float
    scores: tuple[float, ...]
    finals: tuple[float, ...]
    handed_in: int
    full: int
    without: int
    missing: int
    excused: int
    trouble: Mapping[TroubleKind, int]

    @property
    def middle(self) -> float:
        """The median of the scores; 0 where there are none."""
        return median(self.scores) if self.scores else 0.0

    @property
    def average(self) -> float:
        """The mean of the scores; 0 where there are none."""
        return mean(self.scores) if self.scores else 0.0

    @property
    def final_mean(self) -> float:
        """The mean of what counts; 0 where there is no grade."""
        return mean(self.finals) if self.finals else 0.0


@dataclass(frozen=True, slots=True)
class Total:
    """One student's rows, by exercise, and their points in all.

    `of` are the points of all exercises but the excused; `is_open` says that a grade is still to
    come, or withheld.
    """

    student: Student
    rows: Mapping[str, Row]
    points: float
    of: float
    is_open: bool

    @property
    def page(self) -> str:
        """Where the student's page is; empty for who handed nothing in."""
        return next((row.page for row in self.rows.values() if row.page), "")


@dataclass(frozen=True, slots=True)
class ClassCount:
    """All that the class page counts."""

    rows: tuple[Row, ...]
    exercises: tuple[ExerciseCount, ...]
    checks: tuple[CheckCount, ...]
    mistakes: tuple[MistakeCount, ...]
    groups: tuple[Group, ...]
    totals: tuple[Total, ...]
    handings: tuple[Handing, ...] = field(default=())

    @property
    def students(self) -> int:
        """How many people there are."""
        return len(self.totals)

    @property
    def absent(self) -> int:
        """How many people have handed nothing in at all, and had to."""
        return sum(
            all(row.standing == "missing" for row in one.rows.values()) for one in self.totals
        )

    @property
    def costliest(self) -> tuple[MistakeCount, ...]:
        """The mistakes, those that cost most points first, without mere consequences."""
        own = [one for one in self.mistakes if one.is_of_its_own and one.cost > 0]
        return tuple(sorted(own, key=lambda one: (-one.cost, -len(one.rows), one.title)))

    def in_trouble(self, kind: TroubleKind) -> tuple[Row, ...]:
        """Return the rows with one kind of trouble."""
        return tuple(row for row in self.rows if row.trouble and row.trouble.kind == kind)

    def standing(self, *standings: str) -> tuple[Row, ...]:
        """Return the rows with one of some standings."""
        return tuple(row for row in self.rows if row.standing in standings)

    @property
    def without_grade(self) -> tuple[Row, ...]:
        """What the instructor has to look at first."""
        return self.standing("ungraded", "unreadable")

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
        totals=_totals(ordered),
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
        finals=tuple(row.final for row in rows if row.final is not None),
        handed_in=sum(row.is_handed_in for row in rows),
        full=standings["full"],
        without=standings["ungraded"] + standings["unreadable"],
        missing=standings["missing"],
        excused=standings["excused"],
        trouble=Counter(row.trouble.kind for row in rows if row.trouble),
    )


def _totals(rows: Sequence[Row]) -> tuple[Total, ...]:
    """Return each student's rows, by name; an exercise that they have no row for counts nothing."""
    points = {one.name: one.max_score for one in _exercises(rows)}
    own: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.student.name.casefold(), row.student.id)):
        own[row.student.id, row.student.name].append(row)
    return tuple(
        Total(
            student=some[0].student,
            rows={row.exercise: row for row in some},
            points=fsum(row.final for row in some if row.final is not None),
            of=fsum(
                possible
                for name, possible in points.items()
                if not any(row.exercise == name and row.standing == "excused" for row in some)
            ),
            is_open=any(row.standing in _OPEN for row in some),
        )
        for some in own.values()
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
    made: dict[Mistake, list[tuple[Row, MadeMistake]]] = defaultdict(list)
    handed_in = Counter(row.exercise for row in rows if row.is_handed_in)
    for row in rows:
        for mistake, how in row.mistakes.items():
            made[mistake].append((row, how))
    counts = [
        MistakeCount(
            mistake=mistake,
            example=next((how for _, how in own if how.excerpt), own[0][1]),
            rows=tuple(row for row, _ in own),
            handed_in=handed_in[mistake.exercise],
            cost=fsum(how.cost for _, how in own),
        )
        for mistake, own in made.items()
    ]
    return tuple(sorted(counts, key=lambda one: (-len(one.rows), one.title, one.mistake.id)))


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
        if 2 <= len({row.student for row in who}) <= rare(sizes[likeness.exercise])
    ]
    return tuple(
        sorted(groups, key=lambda one: (not one.identical, -len(one.rows), one.likeness.told))
    )
