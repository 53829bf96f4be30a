"""Recording decisions and writing grades.csv by them; whoever calls holds the writing lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from grader.decisions.decision import Decision, in_force
from grader.decisions.final_grade import FinalGrade
from grader.decisions.grades_file import write_grades
from grader.decisions.proposing import DecidedBatch, about_nobody
from grader.decisions.record import append, read_decisions, repair
from grader.decisions.remarks import remarks
from grader.decisions.results import BatchResults, read_results
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class DecisionsOverview:
    """What an instructor should know of the decisions on a batch.

    Attributes
    ----------
    in_force : tuple of Decision
    to_look_at : tuple of (FinalGrade, str)
        The grades with something changed under a decision, and what.
    about_nobody : tuple of Decision
        Those on students whom the batch does not know any more.
    to_grade, waiting : int
        How many parts are to be graded by hand, and how many grades wait for that.
    """

    in_force: tuple[Decision, ...]
    to_look_at: tuple[tuple[FinalGrade, str], ...]
    about_nobody: tuple[Decision, ...]
    to_grade: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class WrittenGrades:
    """What was written: the grades, where an edited grades.csv is kept, and what was repaired."""

    overview: DecisionsOverview
    edited: Path | None
    notice: str
    new: tuple[Decision, ...] = ()
    changed: tuple[tuple[FinalGrade, FinalGrade], ...] = ()


def overview(results: BatchResults, decisions: Sequence[Decision]) -> DecisionsOverview:
    """Return what an instructor should know of these decisions."""
    return _overview(results, decisions, results.grades(decisions))


def _overview(
    results: BatchResults, decisions: Sequence[Decision], grades: Iterable[FinalGrade]
) -> DecisionsOverview:
    held = in_force(decisions).decisions
    every = tuple(grades)
    waiting = [one.to_grade for one in every if one.to_grade]
    return DecisionsOverview(
        held,
        tuple((one, line) for one in every for line in remarks(one)),
        about_nobody(held, results),
        to_grade=sum(waiting),
        waiting=len(waiting),
    )


def rewrite(folder: Path) -> WrittenGrades:
    """Write grades.csv after a batch, with all that was decided before.

    Raises
    ------
    UsageError
        The results or the decisions are damaged.
    OSError
        It cannot be written.
    """
    notice = repair(folder)
    results, decisions = read_results(folder), read_decisions(folder)
    grades = tuple(results.grades(decisions))
    edited = write_grades(folder, grades)
    return WrittenGrades(_overview(results, decisions, grades), edited, notice)


def record(folder: Path, propose: Callable[[DecidedBatch], Iterable[Decision]]) -> WrittenGrades:
    """Record what is proposed, and write grades.csv by it.

    Parameters
    ----------
    folder : Path
    propose : callable
        Returns decisions that have been held against the batch.

    Raises
    ------
    UsageError
        What is proposed cannot be so; nothing was recorded.
    OSError
        It cannot be written.
    """
    notice = repair(folder)
    results, decisions = read_results(folder), read_decisions(folder)
    decided = DecidedBatch(results, decisions)
    now = datetime.now(UTC).astimezone().replace(microsecond=0)
    wanted = [replace(one, at=now) for one in propose(decided)]
    new = append(folder, wanted) if wanted else ()
    every = (*decisions, *new)
    grades = tuple(results.grades(every))
    edited = write_grades(folder, grades)
    pairs = ((decided.grades[one.student.id, one.exercise], one) for one in grades)
    changed = tuple((old, one) for old, one in pairs if _counts(old) != _counts(one))
    return WrittenGrades(_overview(results, every, grades), edited, notice, new, changed)


def _counts(grade: FinalGrade) -> tuple[object, ...]:
    return grade.standing, grade.final, grade.to_grade
