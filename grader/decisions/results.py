"""The results of a batch with what was decided on them."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from grader.batch.description import Description, read_description
from grader.batch.records import Student
from grader.batch.results_reader import Record, read_records
from grader.decisions.decision import Decision, in_force
from grader.decisions.final_grade import FinalGrade, ScoredAttempt, attempt_of, final_grade
from grader.decisions.record import read_decisions
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade with the records of its attempts; none where nothing was handed in."""

    grade: FinalGrade
    records: tuple[Record, ...]

    @property
    def kept(self) -> Record | None:
        """The record that counts, with its lateness as decided."""
        return next((one for one in self.records if one.kept), None)

    @property
    def file(self) -> str:
        """Where the submission that counts lay; empty where there is none."""
        return self.grade.attempt.file if self.grade.attempt else ""


@dataclass(frozen=True, slots=True)
class StudentAttempts:
    """A student's attempts at an exercise, before anything is decided."""

    student: Student
    exercise: str
    attempts: tuple[ScoredAttempt, ...]


@dataclass(frozen=True, slots=True)
class BatchResults:
    """All that a batch found, small enough to be kept: whose grades are decided on."""

    description: Description
    handed_in: tuple[StudentAttempts, ...]

    def grades(self, decisions: Iterable[Decision]) -> Iterator[FinalGrade]:
        """Give every grade as decided, in the order of the outputs."""
        held = in_force(tuple(decisions))
        for one in self.handed_in:
            yield final_grade(
                one.student,
                one.exercise,
                one.attempts,
                self.description,
                held.on(one.student.id, one.exercise),
            )


def read_results(folder: Path) -> BatchResults:
    """Return what a batch found.

    Raises
    ------
    UsageError
        The folder holds no batch, or a damaged one.
    """
    description = read_description(folder)
    return BatchResults(
        description,
        tuple(
            StudentAttempts(student, exercise, tuple(map(attempt_of, records)))
            for student, exercise, records in _handed_in(folder, description)
        ),
    )


def read_graded(folder: Path) -> Iterator[Graded]:
    """Give every grade as decided with its records, in the order of the outputs.

    Raises
    ------
    UsageError
        The folder holds no batch, or a damaged one; or the record of decisions is damaged.
    """
    description = read_description(folder)
    held = in_force(read_decisions(folder))
    for student, exercise, records in _handed_in(folder, description):
        grade = final_grade(
            student,
            exercise,
            [attempt_of(one) for one in records],
            description,
            held.on(student.id, exercise),
        )
        yield Graded(grade, tuple(_decided(one, grade) for one in records))


def _decided(record: Record, grade: FinalGrade) -> Record:
    """Return a record that says whether it counts, and how late it is, as decided."""
    counts = grade.attempt is not None and grade.attempt.number == record.number
    return replace(record, kept=counts, lateness=grade.lateness if counts else record.lateness)


def _handed_in(
    folder: Path, description: Description
) -> Iterator[tuple[Student, str, list[Record]]]:
    """Give the records of each student and exercise, and who has none, sorted as the outputs."""
    missing = sorted(
        ((student, exercise, list[Record]()) for student, exercise in description.missing),
        key=_place,
    )
    grouped = groupby(read_records(folder), key=lambda one: (one.student, one.exercise))
    handed = ((student, exercise, list(own)) for (student, exercise), own in grouped)
    for student, exercise, own in heapq.merge(handed, missing, key=_place):
        if exercise not in description.exercises:
            raise UsageError(
                _(
                    "the course of {folder} has no exercise {exercise} any more",
                    folder=folder,
                    exercise=exercise,
                ),
                _("rerun the batch with the same folder: nothing is graded twice"),
            )
        yield student, exercise, own


def _place(one: tuple[Student, str, list[Record]]) -> tuple[str, str, str]:
    student, exercise = one[:2]
    return student.id, student.name, exercise
