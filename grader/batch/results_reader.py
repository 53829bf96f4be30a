"""What a batch left in its output folder, read back for pages, gradebooks and comparisons."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any, Final, TypeVar

from grader.batch.late import Lateness
from grader.batch.outputs import GRADES, LEFT_OVER, RESULTS
from grader.batch.records import LeftOver, Student
from grader.errors import UsageError
from grader.result import Result

T = TypeVar("T")

_GUARD: Final = "'"
_STATUSES: Final = ("graded", "ungraded", "unreadable")


@dataclass(frozen=True, slots=True)
class Record:
    """One attempt, as results.jsonl has it.

    Attributes
    ----------
    file : str
        Where the submission lay in what was handed in.
    number, of : int
        Which of how many attempts it is, from 1.
    kept : bool
        Whether it is the one that counts.
    status : {"graded", "ungraded", "unreadable"}
    final : float or None
        What is left of the score after what lateness costs; None unless graded.
    result : Result or None
        None where the file could not be read.
    note : str
        How it was chosen, where there were several files.
    """

    student: Student
    exercise: str
    file: str
    number: int
    of: int
    kept: bool
    submitted: datetime | None
    lateness: Lateness
    status: str
    final: float | None
    result: Result | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody in the roster who handed nothing in for an exercise."""

    student: Student
    exercise: str
    max_score: float


def read_records(folder: Path) -> Iterator[Record]:
    """Give the attempts of a batch, in the order of results.jsonl: by student and exercise.

    Raises
    ------
    UsageError
        The folder holds no such file, or a line of it is damaged.
    """
    path = folder / RESULTS
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                try:
                    record = _record(json.loads(line))
                except (ValueError, KeyError, TypeError, RecursionError) as error:
                    raise UsageError(
                        f"line {number} of {path} is damaged: {_reason(error)}",
                        "rerun the batch with the same folder: nothing is graded twice",
                    ) from None
                yield record
    except OSError as error:
        raise _unreadable(path, error) from None


def by_student(records: Iterator[Record]) -> Iterator[tuple[Student, list[Record]]]:
    """Group records that stand side by side by whose they are."""
    for student, group in groupby(records, key=lambda record: record.student):
        yield student, list(group)


def kept(records: Iterator[Record]) -> Iterator[Record]:
    """Give the attempts that count, one for each student and exercise."""
    return (record for record in records if record.kept)


def read_missing(folder: Path) -> tuple[Missing, ...]:
    """Return who handed in nothing, from grades.csv.

    Raises
    ------
    UsageError
        The folder holds no such file, or it is damaged.
    """

    def missing(row: dict[str, str]) -> Missing | None:
        if row["status"] != "missing":
            return None
        student = Student(_plain(row["student_id"]), _plain(row["name"]), "id")
        return Missing(student, row["exercise"], float(row["max_score"]))

    return _rows(folder / GRADES, missing)


def read_left_over(folder: Path) -> tuple[LeftOver, ...]:
    """Return what the batch could not place, or had something to say of.

    Raises
    ------
    UsageError
        The folder holds no such file, or it is damaged.
    """
    return _rows(
        folder / LEFT_OVER, lambda row: LeftOver(_plain(row["file"]), _plain(row["reason"]))
    )


def _rows(path: Path, made: Callable[[dict[str, str]], T | None]) -> tuple[T, ...]:
    csv.field_size_limit(16_000_000)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return tuple(one for one in map(made, csv.DictReader(file)) if one is not None)
    except OSError as error:
        raise _unreadable(path, error) from None
    except (csv.Error, KeyError, ValueError, TypeError) as error:
        raise UsageError(
            f"{path} is damaged: {_reason(error)}", "rerun the batch with the same folder"
        ) from None


def _record(line: dict[str, Any]) -> Record:
    student, attempt, late = line["student"], line["attempt"], line["late"]
    if line["status"] not in _STATUSES:
        raise ValueError("its status is unknown")
    result = line["result"]
    final = line["final_score"]
    return Record(
        student=Student(str(student["id"]), str(student["name"]), student["matched"]),
        exercise=str(line["exercise"]),
        file=str(attempt["file"]),
        number=int(attempt["number"]),
        of=int(attempt["of"]),
        kept=attempt["kept"] is True,
        submitted=datetime.fromisoformat(attempt["submitted"]) if attempt["submitted"] else None,
        lateness=Lateness(late["late"], late["days"], float(late["penalty_percent"])),
        status=line["status"],
        final=None if final is None else float(final),
        result=None if result is None else Result.from_data(result),
        note=str(attempt.get("note", "")),  # results of earlier versions have none
    )


def _plain(text: str) -> str:
    """Return a text of a table without the apostrophe that keeps it from being a formula."""
    return text[1:] if text[:1] == _GUARD and text[1:2] in "=+-@\t\r\n" else text


def _unreadable(path: Path, error: OSError) -> UsageError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return UsageError(
            f"{path.parent} is not the output folder of a batch: it has no {path.name}",
            "give the folder that `bpgrade batch SUBMISSIONS -o FOLDER` made",
        )
    return UsageError(f"{path} cannot be read: {error.strerror}", "check its permissions")


def _reason(error: Exception) -> str:
    return f"it lacks {error}" if isinstance(error, KeyError) else str(error)
