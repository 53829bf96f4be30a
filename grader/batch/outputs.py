"""What a batch leaves for people and programs: grades.csv, results.jsonl, left_over.csv.

Each is UTF-8, written whole beside its place and then renamed, always in the same order, so that
two runs differ in timings alone. Lines are sorted by student id, name, exercise and attempt.

grades.csv, a line for each student and exercise:

    student_id, name    as the roster has them; without one, as the files' names do
    exercise
    status              graded, ungraded (the grader failed), unreadable (its file could not be
                        read), missing (in the roster, and nothing was handed in)
    score, max_score    points; no score unless graded
    late                yes, no, or empty where nothing tells
    late_days           days begun after the deadline; empty where that is not known
    penalty_percent     what lateness takes off
    final_score         what is left of the score
    attempt, attempts   which of how many counts, from 1
    file                where it lay in what was handed in

A text that a spreadsheet would take for a formula has an apostrophe before it.

results.jsonl, a line of JSON for each attempt that was to be graded:

    {"student": {"id", "name", "matched": "id" | "name" | "group" | "unlisted"
                 | "file"},
     "attempt": {"file", "number", "of", "kept": whether it is the one in grades.csv,
                 "submitted": ISO 8601 or null,
                 "note": how it was chosen, where there were several files},
     "late": {"late": true | false | null, "days": int | null, "penalty_percent"},
     "exercise", "status": "graded" | "ungraded" | "unreadable", "final_score": number | null,
     "result": the document of docs/result.schema.json, or null where unreadable}

`matched` is "file" without a roster, and "unlisted" where the roster has no such person.
It is "group" where the file is named after a group of the roster that the student is in.

left_over.csv, a line for each file with something to tell: file, reason. Such files have no grade,
unless the reason begins with "graded" or "taken".
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Final

from grader.batch.executor import Done
from grader.batch.late import Lateness
from grader.batch.records import Attempt, LeftOver, Plan, Student
from grader.course import Exercise
from grader.course.files import replacing

GRADES: Final = "grades.csv"
RESULTS: Final = "results.jsonl"
LEFT_OVER: Final = "left_over.csv"
_COLUMNS: Final = (
    "student_id", "name", "exercise", "status", "score", "max_score", "late", "late_days",
    "penalty_percent", "final_score", "attempt", "attempts", "file",
)  # fmt: skip
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True, slots=True)
class GradedAttempt:
    """An attempt with its result; no result where its file could not be read."""

    attempt: Attempt
    lateness: Lateness
    done: Done | None

    @property
    def status(self) -> str:
        """`graded`, `ungraded` or `unreadable`."""
        return self.done.status if self.done else "unreadable"

    @property
    def final(self) -> float:
        """The score after what lateness costs; below every score where there is none."""
        if self.done is None or self.done.status != "graded":
            return -1.0
        return self.lateness.final(self.done.score)


def write(
    folder: Path,
    plan: Plan,
    graded: Callable[[], Iterable[GradedAttempt]],
    left_over: Iterable[LeftOver],
) -> None:
    """Write all outputs.

    Parameters
    ----------
    folder : Path
        Where to.
    plan : Plan
    graded : callable
        Gives the attempts with their results in the plan's order; called once, read once.
    left_over : iterable of LeftOver

    Raises
    ------
    OSError
        A file could not be written; what was there before still is.
    """
    with _whole(folder / RESULTS) as results, _whole(folder / GRADES) as grades:
        table = csv.writer(grades, lineterminator="\n")
        table.writerow(_COLUMNS)
        rows: list[tuple[str, ...]] = [
            _missing(student, exercise) for student, exercise in plan.missing
        ]
        for attempts in _by_student(graded()):
            kept = max(attempts, key=lambda one: (one.final, one.attempt.number))
            for one in attempts:
                results.write(_line(one, one is kept) + "\n")
            rows.append(_row(kept))
        rows.sort(key=lambda row: row[:3])
        table.writerows(rows)
    with _whole(folder / LEFT_OVER) as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("file", "reason"))
        table.writerows((_text(one.path), _text(one.reason)) for one in left_over)


def _by_student(graded: Iterable[GradedAttempt]) -> Iterator[list[GradedAttempt]]:
    for _, group in groupby(graded, key=lambda one: (one.attempt.student, one.attempt.exercise)):
        yield list(group)


def _line(one: GradedAttempt, kept: bool) -> str:
    """Return the line of results.jsonl for an attempt."""
    attempt, lateness = one.attempt, one.lateness
    student = attempt.student
    head: dict[str, Any] = {
        "student": {"id": student.id, "name": student.name, "matched": student.matched},
        "attempt": {
            "file": attempt.entry.path,
            "number": attempt.number,
            "of": attempt.attempts,
            "kept": kept,
            "submitted": attempt.submitted.isoformat() if attempt.submitted else None,
            "note": attempt.note,
        },
        "late": {
            "late": lateness.late,
            "days": lateness.days,
            "penalty_percent": lateness.percent,
        },
        "exercise": attempt.exercise.name,
        "status": one.status,
        "final_score": one.final if one.status == "graded" else None,
    }
    # the document as the grader wrote it, byte for byte
    document = one.done.document if one.done else "null"
    return f'{json.dumps(head, allow_nan=False)[:-1]}, "result": {document}}}'


def _row(one: GradedAttempt) -> tuple[str, ...]:
    attempt, done, lateness = one.attempt, one.done, one.lateness
    graded = one.status == "graded" and done is not None
    return (
        *_person(attempt.student, attempt.exercise),
        one.status,
        _number(done.score) if graded and done else "",
        _number(attempt.exercise.max_score),
        "" if lateness.late is None else "yes" if lateness.late else "no",
        "" if lateness.days is None else str(lateness.days),
        _number(lateness.percent),
        _number(one.final) if graded else "",
        str(attempt.number),
        str(attempt.attempts),
        _text(attempt.entry.path),
    )


def _missing(student: Student, exercise: Exercise) -> tuple[str, ...]:
    maximum = _number(exercise.max_score)
    return (*_person(student, exercise), "missing", "", maximum, *[""] * 4, "0", "0", "")


def _person(student: Student, exercise: Exercise) -> tuple[str, str, str]:
    return _text(student.id), _text(student.name), exercise.name


def _number(value: float) -> str:
    return f"{value:.12g}"


def _text(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    # csv writes a lone carriage return without quotes, and a reader takes it for the end of a line
    plain = value.encode("utf-8", "backslashreplace").decode().replace("\r", " ")
    return f"'{plain}" if plain.startswith(_FORMULA) else plain


@contextmanager
def _whole(path: Path) -> Iterator[IO[str]]:
    """Open a file that takes its place only when it is complete and on the disk."""
    with replacing(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
