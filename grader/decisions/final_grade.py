"""What counts in the end: a pure function of what the checks gave and what was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from math import fsum
from typing import Literal

from grader.batch.description import Description
from grader.batch.late import Lateness, overdue
from grader.batch.records import Student
from grader.batch.results_reader import Record
from grader.decisions.decision import Basis, Decision
from grader.decisions.parts import (
    GradedPart,
    answer_digest,
    decided_parts,
    graded_parts,
    points_by_hand,
)
from grader.decisions.points_and_deadlines import extended
from grader.quick_dataclass import dataclass
from grader.result import Result

Standing = Literal["counts", "none", "pending", "excused", "withheld"]


@dataclass(frozen=True, slots=True)
class ScoredAttempt:
    """An attempt as far as its grade goes: `checks` has each check's points, and how many it can
    give; `automatic` is what the course's rule leaves of the score; `answers` tells one answer to a
    part that a person grades from another."""

    number: int
    of: int
    file: str
    status: str
    submitted: datetime | None
    lateness: Lateness
    score: float | None
    automatic: float | None
    submission: str
    checks: Mapping[str, tuple[float, float]]
    kept: bool
    answers: Mapping[str, str] = field(default_factory=dict)


def attempt_of(record: Record) -> ScoredAttempt:
    """Return what counts of a record."""
    result = record.result
    graded = record.status == "graded" and result is not None
    return ScoredAttempt(
        number=record.number,
        of=record.of,
        file=record.file,
        status=record.status,
        submitted=record.submitted,
        lateness=record.lateness,
        score=result.score if graded and result else None,
        automatic=record.automatic,
        submission=result.submission.sha256 if result else "",
        checks={one.id: (one.points, one.max_points) for one in result.checks} if result else {},
        kept=record.kept,
        answers={one.id: answer_digest(one) for one in result.by_hand} if result else {},
    )


@dataclass(frozen=True, slots=True)
class FinalGrade:
    """A student's grade for an exercise.

    Attributes
    ----------
    status : {"graded", "ungraded", "unreadable", "missing"}
        What became of the submission, whatever was decided.
    attempt : ScoredAttempt or None
        The one that counts; None where nothing was handed in.
    score : float or None
        What the checks gave it.
    lateness : Lateness
        With extensions and waivers.
    automatic : float or None
        What counts by the course's rule alone.
    decided : float or None
        What the decisions make of it; None where they leave it as it is.
    standing : {"counts", "none", "pending", "excused", "withheld"}
        Whether there is a grade, and if not, why; pending until all parts are graded by hand.
    decisions : tuple of Decision
        Those that concern it.
    basis : Basis
        What a decision made now would be made on.
    parts : tuple of GradedPart
        Those that a person grades.
    so_far : float or None
        What the checks and the parts that are graded come to, whatever the standing.
    """

    student: Student
    exercise: str
    status: str
    max_score: float
    attempt: ScoredAttempt | None
    score: float | None
    lateness: Lateness
    automatic: float | None
    decided: float | None
    standing: Standing
    decisions: tuple[Decision, ...]
    basis: Basis
    parts: tuple[GradedPart, ...] = ()
    so_far: float | None = None

    @property
    def to_grade(self) -> int:
        """How many parts somebody has yet to grade, before there is a grade."""
        if self.standing != "pending":
            return 0
        return sum(one.points is None for one in self.parts)

    @property
    def final(self) -> float | None:
        """What counts; None where there is no grade."""
        if self.standing != "counts":
            return None
        return self.automatic if self.decided is None else self.decided

    @property
    def reason(self) -> str:
        """Why it was decided so, each reason once."""
        return "; ".join(dict.fromkeys(one.reason for one in self.decisions if one.reason))

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was decided, each kind once."""
        return tuple(dict.fromkeys(one.kind for one in self.decisions))

    @property
    def comment(self) -> str:
        """What the instructor tells the student; empty where there is nothing."""
        return next((one.value for one in self.decisions if one.kind == "comment"), "")


def final_grade(
    student: Student,
    exercise: str,
    attempts: Sequence[ScoredAttempt],
    batch: Description,
    decisions: tuple[Decision, ...],
) -> FinalGrade:
    """Return what counts.

    Parameters
    ----------
    attempts : sequence of ScoredAttempt
        The student's at the exercise; none where nothing was handed in.
    batch : Description
        The deadlines and the rule for lateness.
    decisions : tuple of Decision
        Those in force on this student and exercise.
    """
    known = batch.exercises[exercise]
    parts = graded_parts(known.by_hand, decisions)
    counted = [_CountedAttempt.of(one, decisions, parts, batch, exercise) for one in attempts]
    kept = max(counted, key=lambda one: (one.order, one.attempt.number), default=None)
    automatic = next((one for one in attempts if one.kept), None)
    found = kept.final if kept else None
    waits = found is not None and any(one.points is None for one in parts)
    last = next((one for one in reversed(decisions) if one.facet[0] == "grade"), None)
    if last is not None and last.kind == "score":
        found, waits = last.points, False
    own = automatic.automatic if automatic else None
    standing: Standing = "none" if found is None else "pending" if waits else "counts"
    if any(one.kind == "withheld" for one in decisions):
        standing = "withheld"
    if last is not None and last.kind == "excused":
        standing = "excused"
    decided = (last is not None and last.kind == "score") or found != own
    return FinalGrade(
        student=student,
        exercise=exercise,
        status=kept.attempt.status if kept else "missing",
        max_score=known.max_score,
        attempt=kept.attempt if kept else None,
        score=kept.attempt.score if kept else None,
        lateness=kept.lateness if kept else Lateness(None, None, 0.0),
        automatic=own,
        decided=found if decided else None,
        standing=standing,
        decisions=decisions,
        basis=Basis(
            submission=automatic.submission if automatic else "",
            checks=known.checks,
            automatic=own,
            max_score=known.max_score,
        ),
        parts=parts,
        so_far=found,
    )


@dataclass(frozen=True, slots=True)
class _CountedAttempt:
    attempt: ScoredAttempt
    lateness: Lateness
    final: float | None

    @classmethod
    def of(
        cls,
        attempt: ScoredAttempt,
        decisions: Sequence[Decision],
        parts: Sequence[GradedPart],
        batch: Description,
        exercise: str,
    ) -> _CountedAttempt:
        lateness = decided_lateness(attempt, decisions, batch, exercise)
        if attempt.score is None:
            return cls(attempt, lateness, None)
        most = batch.exercises[exercise].max_score - sum(one.part.points for one in parts)
        score = decided_points(attempt.score, attempt.checks, decisions, most)
        return cls(attempt, lateness, lateness.final(score + points_by_hand(parts)))

    @property
    def order(self) -> float:
        return -1.0 if self.final is None else self.final


def decided_points(
    score: float,
    checks: Mapping[str, tuple[float, float]],
    decisions: Sequence[Decision],
    max_score: float,
) -> float:
    """Return a score with the points that were decided for checks.

    A check that is no longer there keeps what its decision added or took off.
    """
    changes = []
    for one in decisions:
        if one.kind == "points":
            had = checks[one.check][0] if one.check in checks else _had(one)
            changes.append(one.points - had)
    return min(max(round(fsum((score, *changes)), 9), 0.0), max_score) if changes else score


def _had(decision: Decision) -> float:
    basis = decision.basis
    return basis.check if basis and basis.check is not None else decision.points


def decided_lateness(
    attempt: ScoredAttempt, decisions: Sequence[Decision], batch: Description, exercise: str
) -> Lateness:
    """Return how late an attempt is with all extensions and waivers; the most generous counts."""
    if any(one.kind == "waiver" for one in decisions):
        return replace(attempt.lateness, percent=0.0)
    if attempt.submitted is None or all(one.kind != "extension" for one in decisions):
        return attempt.lateness
    latest = decided_deadline(decisions, batch, exercise)
    if latest is None:
        return attempt.lateness
    return overdue(attempt.submitted, latest, batch)


def decided_deadline(
    decisions: Sequence[Decision], batch: Description, exercise: str
) -> datetime | None:
    """Return an exercise's deadline with all extensions; None where it has none."""
    deadline = batch.exercises[exercise].deadline
    if deadline is None:
        return None
    values = [one.value for one in decisions if one.kind == "extension"]
    return max((extended(deadline, value, batch) for value in values), default=deadline)


def decided_result(result: Result, grade: FinalGrade) -> Result:
    """Return a result with what was decided for its checks, and for what a person grades."""
    decisions = grade.decisions
    points = {one.check: one.points for one in decisions if one.kind == "points"}
    if not points and not grade.parts:
        return result
    checks = tuple(replace(one, points=points.get(one.id, one.points)) for one in result.checks)
    known = {one.id: (one.points, one.max_points) for one in result.checks}
    most = result.max_score - sum(one.part.points for one in grade.parts)
    score = decided_points(result.score, known, decisions, most) + points_by_hand(grade.parts)
    by_hand = decided_parts(result.by_hand, {one.part.id: one for one in grade.parts})
    return replace(result, checks=checks, score=round(score, 9), by_hand=by_hand)
