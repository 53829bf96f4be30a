"""One decision, and which of many are in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import Final, Literal, get_args

from grader.quick_dataclass import dataclass

Kind = Literal[
    "score", "points", "graded", "comment", "excused", "withheld", "extension", "waiver",
    "confirmed", "undo",
]  # fmt: skip
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
ALL: Final = "all"
# a score and being excused are two answers to one question, and so are both ways of being late
_FACETS: Final = {"score": "grade", "excused": "grade", "extension": "late", "waiver": "late"}


@dataclass(frozen=True, slots=True)
class Basis:
    """What a decision was made on, so that a change under it is noticed.

    Attributes
    ----------
    submission : str
        The SHA-256 of the submission that counted; empty where there was none.
    checks : str
        Which version of the exercise's checks graded it; of a part, which rubric did.
    automatic : float or None
        What it had by the course's rule alone.
    max_score : float
    check : float or None
        What the check had whose points were decided; what a part that a person graded came to.
    answer : str
        Which answer to a part was graded.
    """

    submission: str
    checks: str
    automatic: float | None
    max_score: float
    check: float | None = None
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for whom, with who, when and why.

    Attributes
    ----------
    kind : Kind
        `score` is what counts in the end, after lateness; `points` are those of one check;
        `graded` says what a part got that a person grades.
    student : str
        The student's id, or `all`.
    exercise : str
        Its name, or `all`.
    value : str
        The points; items of the rubric; the comment; the new deadline or `3 days`; the number of
        the decision that is confirmed or taken back.
    check : str
        The check whose points are decided, or the part.
    reason : str
        Why; for those who teach, never on a student's page.
    remark : str
        What the student is told of a part.
    name : str
        The student's name, for people who read the record.
    by : str
        Who has decided.
    number : int
        Its place in the record, from 1; 0 before it is there.
    basis : Basis or None
        None where it concerns many, or no submission.
    """

    kind: Kind
    student: str
    exercise: str
    value: str = ""
    check: str = ""
    reason: str = ""
    name: str = ""
    by: str = ""
    at: datetime | None = None
    number: int = 0
    basis: Basis | None = None
    remark: str = ""

    @property
    def points(self) -> float:
        """The points of a `score` or of `points`."""
        return float(self.value)

    @property
    def facet(self) -> tuple[str, str]:
        """What it decides on: of those on one student and exercise the last one holds."""
        return _FACETS.get(self.kind, self.kind), self.check

    @property
    def content(self) -> tuple[str, ...]:
        """What a person would have to change to decide otherwise."""
        return (
            self.kind,
            self.student,
            self.exercise,
            self.check,
            self.value,
            self.reason,
            self.remark,
        )


@dataclass(frozen=True, slots=True)
class InForce:
    """The decisions that hold: neither taken back nor replaced by a later one.

    Attributes
    ----------
    decisions : tuple of Decision
        In the record's order; a confirmed one has the basis on which it was confirmed.
    """

    decisions: tuple[Decision, ...]
    _places: dict[tuple[str, str], list[Decision]] = field(repr=False, compare=False)

    def on(self, student: str, exercise: str) -> tuple[Decision, ...]:
        """Return those that concern a student's grade for an exercise, in the record's order."""
        places = {(who, what) for who in (student, ALL) for what in (exercise, ALL)}
        found = [one for place in places for one in self._places.get(place, ())]
        return tuple(sorted(found, key=lambda one: one.number))


def in_force(decisions: Sequence[Decision]) -> InForce:
    """Return what holds of all that was ever decided."""
    back = taken_back(decisions)
    latest: dict[tuple[object, ...], Decision] = {}
    confirmed: dict[int, Basis | None] = {}
    for one in decisions:
        if one.number in back or one.kind == "undo":
            continue
        if one.kind == "confirmed":
            confirmed[int(one.value)] = one.basis
        else:
            latest[one.student, one.exercise, one.facet] = one
    held = sorted(
        (replace(one, basis=confirmed.get(one.number, one.basis)) for one in latest.values()),
        key=lambda one: one.number,
    )
    places: dict[tuple[str, str], list[Decision]] = defaultdict(list)
    for one in held:
        places[one.student, one.exercise].append(one)
    return InForce(tuple(held), dict(places))


def taken_back(decisions: Iterable[Decision]) -> set[int]:
    """Return the numbers of those that an undo has taken back; an undo can be taken back too."""
    back: set[int] = set()
    for one in sorted(decisions, key=lambda each: -each.number):
        if one.kind == "undo" and one.number not in back:
            back.add(int(one.value))
    return back
