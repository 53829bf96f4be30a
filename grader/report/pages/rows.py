"""What the class page needs to know of each submission: small records, for any size of class."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from grader.batch.records import Student
from grader.batch.results_reader import Record
from grader.decisions.final_grade import FinalGrade, decided_result
from grader.decisions.remarks import remarks
from grader.decisions.results import Graded
from grader.result import CheckResult, Diagnosis, Outcome, Result

Standing = Literal["full", "lost", "ungraded", "unreadable", "missing", "excused", "withheld"]
_FIRST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Mistake:
    """A named mistake in a function; equal ones are the same mistake."""

    exercise: str
    function: str
    id: str


@dataclass(frozen=True, slots=True)
class CheckKey:
    """A check of an exercise."""

    exercise: str
    function: str
    id: str
    title: str
    max_points: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """How a function is wrong: equal ones are wrong in the same way.

    `told` is the mistake's title, or the first words of the feedback where it has no name.
    """

    exercise: str
    function: str
    digest: str
    named: bool
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """One student's submission for one exercise.

    Attributes
    ----------
    score, final : float or None
        Before and after lateness and decisions; None where there is no grade.
    page : str
        Where the student's page is; empty for who handed nothing in.
    mistakes : mapping of Mistake to Diagnosis
        The named mistakes.
    checks : tuple of (CheckKey, float)
        Every check with the points that it cost.
    reason : str
        Why there is no grade.
    decided : str
        What was decided, in words; empty where nothing was.
    remarks : tuple of str
        What has changed under the decisions since.
    """

    student: Student
    exercise: str
    standing: Standing
    score: float | None
    final: float | None
    max_score: float
    late: bool | None
    number: int
    of: int
    page: str
    mistakes: dict[Mistake, Diagnosis]
    checks: tuple[tuple[CheckKey, float], ...]
    likenesses: tuple[Likeness, ...]
    reason: str
    digest: str
    decided: str = ""
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handing:
    """One attempt in time: whose, which, and the share of the points that it got."""

    student: Student
    exercise: str
    number: int
    submitted: datetime
    share: float | None


def row(graded: Graded, page: str) -> Row:
    """Return the row of a grade."""
    grade, record = graded.grade, graded.kept
    found = record.result if record else None
    result = decided_result(found, grade.decisions) if found else None
    scored = result if record and record.status == "graded" else None
    score = scored.score if scored else None
    if grade.final is not None and (score is None or "score" in grade.kinds):
        score = grade.final
    return Row(
        student=grade.student,
        exercise=grade.exercise,
        standing=_standing(grade, scored),
        score=score if grade.final is not None else None,
        final=grade.final,
        max_score=result.max_score if result else grade.max_score,
        late=grade.lateness.late,
        number=record.number if record else 0,
        of=record.of if record else 0,
        page=page,
        mistakes=_mistakes(result) if result else {},
        checks=_checks(scored) if scored else (),
        likenesses=_likenesses(scored) if scored else (),
        reason=_reason(record) if record and grade.final is None else "",
        digest=result.submission.sha256 if result else "",
        decided=", ".join(grade.kinds),
        remarks=remarks(grade),
    )


def handing(record: Record) -> Handing | None:
    """Return an attempt's place in time; None where that is not known."""
    if record.submitted is None:
        return None
    result = record.result
    known = record.status == "graded" and result is not None and result.max_score > 0
    share = result.score / result.max_score if known and result else None
    # zones are of no use in a chart of a whole class
    submitted = record.submitted.replace(tzinfo=None)
    return Handing(record.student, record.exercise, record.number, submitted, share)


def _standing(grade: FinalGrade, result: Result | None) -> Standing:
    if grade.standing == "excused" or grade.standing == "withheld":
        return grade.standing
    if grade.final is None:
        others: dict[str, Standing] = {"unreadable": "unreadable", "missing": "missing"}
        return others.get(grade.status, "ungraded")
    if result is not None and "score" not in grade.kinds:
        return "full" if result.full_marks else "lost"
    return "full" if grade.final >= grade.max_score else "lost"


def _mistakes(result: Result) -> dict[Mistake, Diagnosis]:
    return {
        Mistake(result.exercise, check.function, found.id): found
        for check in result.checks
        for found in check.diagnosis
    }


def _checks(result: Result) -> tuple[tuple[CheckKey, float], ...]:
    return tuple(
        (
            CheckKey(result.exercise, check.function, check.id, check.title, check.max_points),
            check.max_points - check.points,
        )
        for check in result.checks
    )


def _likenesses(result: Result) -> tuple[Likeness, ...]:
    by_function: dict[str, list[CheckResult]] = {}
    for check in result.checks:
        if check.outcome is Outcome.FAILED:
            by_function.setdefault(check.function, []).append(check)
    return tuple(_likeness(result, name, checks) for name, checks in by_function.items())


def _likeness(result: Result, function: str, checks: list[CheckResult]) -> Likeness:
    named = {found.id: found.title for check in checks for found in check.diagnosis}
    if named:
        parts, told = sorted(named), "; ".join(named.values())
    else:
        parts = [text for check in checks for text in (check.id, check.feedback)]
        told = checks[0].feedback.partition("\nCalled: ")[0] or checks[0].title
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    return Likeness(result.exercise, function, digest, bool(named), told[:_FIRST_REASON])


def _reason(record: Record) -> str:
    result = record.result
    if result is None:
        return "its file could not be read"
    if record.status == "graded":
        return ""
    failed = [check for check in result.checks if check.outcome is Outcome.GRADER_ERROR]
    if failed:
        return f"{failed[0].title}: {failed[0].feedback}"[:_FIRST_REASON]
    return "; ".join(result.warnings)[:_FIRST_REASON] or "the grader failed"
