"""What a batch left in its output folder, read back for pages, gradebooks and comparisons."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from grader.batch.late import Lateness
from grader.batch.outputs import LEFT_OVER, RESULTS
from grader.batch.records import LeftOver, Student
from grader.errors import UsageError, reason_of, unreadable
from grader.language import gettext_lazy as _
from grader.language import recorded
from grader.quick_dataclass import dataclass
from grader.result import Result
from grader.text.tables import read_lines

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
        Whether it is the one that counts by the course's rule.
    status : {"graded", "ungraded", "unreadable"}
    automatic : float or None
        What the course's rule for lateness leaves of the score; None unless graded.
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
    automatic: float | None
    result: Result | None
    note: str = ""


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
                        _(
                            "line {number} of {path} is damaged: {reason}",
                            number=number,
                            path=path,
                            reason=reason_of(error),
                        ),
                        _("rerun the batch with the same folder: nothing is graded twice"),
                    ) from None
                yield record
    except OSError as error:
        raise _unreadable(path, error) from None


def read_left_over(folder: Path) -> tuple[LeftOver, ...]:
    """Return what the batch could not place, or had something to say of.

    Raises
    ------
    UsageError
        The folder holds no such file, or it is damaged.
    """
    path = folder / LEFT_OVER
    if not path.exists():
        raise _unreadable(path, FileNotFoundError())
    again = _("rerun the batch with the same folder")
    titles, lines = read_lines(path, again)
    if not {"file", "reason"}.issubset(titles):
        raise UsageError(_("{path} is damaged: it lacks a column", path=path), again)
    return tuple(
        LeftOver(line["file"], line["reason"], line["exercise"], line["student"]) for line in lines
    )


def _record(line: dict[str, Any]) -> Record:
    student, attempt, late = line["student"], line["attempt"], line["late"]
    if line["status"] not in _STATUSES:
        raise ValueError(_("its status is unknown"))
    result = line["result"]
    automatic = line["automatic_score"]
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
        automatic=None if automatic is None else float(automatic),
        result=None if result is None else Result.from_data(result),
        note=recorded(str(attempt.get("note", "")), dict(line.get("translations", {}))),
    )


def _unreadable(path: Path, error: OSError) -> UsageError:
    if isinstance(error, (FileNotFoundError, NotADirectoryError)):
        return UsageError(
            _(
                "{folder} is not the output folder of a batch: it has no {name}",
                folder=path.parent,
                name=path.name,
            ),
            _("give the folder that `bpgrade batch SUBMISSIONS -o FOLDER` made"),
        )
    return unreadable(path, error)
