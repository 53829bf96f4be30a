"""grades.csv: a line for each student and exercise, with what the checks and the decisions say.

    student_id, name    as the roster has them; without one, as the files' names do
    exercise
    status              graded, ungraded (the grader failed), unreadable (its file could not be
                        read), missing (in the roster, and nothing was handed in)
    score, max_score    what the checks gave; no score unless graded
    late                yes, no, or empty where nothing tells; with extensions
    late_days           days begun after the deadline; empty where that is not known
    penalty_percent     what lateness takes off; with extensions and waivers
    automatic_score     what the course's rule alone leaves of the score
    decided_score       what the decisions make of it; empty where they leave it as it is
    final_score         what counts; empty where there is no grade
    decision, reason    what was decided, and why
    attempt, attempts   which of how many counts, from 1
    file                where it lay in what was handed in
    to_grade            how many parts are to be graded by hand before there is a final score;
                        empty where none is

A text that a spreadsheet would take for a formula has an apostrophe before it. The file is UTF-8
with a byte order mark, by which Excel knows it; it is written whole beside its place and then
renamed. Decisions are not read from it: so that an edit is noticed before it is written over,
`grades.csv.sha256` has the digest of what was written last, and of what it replaced.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final

from grader.batch.late import Lateness
from grader.course.files import replacing
from grader.decisions.final_grade import FinalGrade
from grader.decisions.points_and_deadlines import number_text
from grader.text.tables import write_table

NAME: Final = "grades.csv"
COLUMNS: Final = (
    "student_id", "name", "exercise", "status", "score", "max_score", "late", "late_days",
    "penalty_percent", "automatic_score", "decided_score", "final_score", "decision", "reason",
    "attempt", "attempts", "file", "to_grade",
)  # fmt: skip
_DIGESTS: Final = f"{NAME}.sha256"
_EDITED: Final = "grades-edited-{}.csv"


def write_grades(folder: Path, grades: Iterable[FinalGrade]) -> Path | None:
    """Write grades.csv; return where an edited one that stood there is kept, None if it was not.

    Call it with the writing lock held.

    Raises
    ------
    OSError
        It cannot be written; what was there before still is.
    """
    path = folder / NAME
    every = tuple(grades)
    with replacing(path) as new:
        with new.open("w", encoding="utf-8", newline="") as file:
            write_to(file, every)
            file.flush()
            os.fsync(file.fileno())
        kept = _keep_edited(folder)
        known = [_digest(new), *([_digest(path)] if path.exists() else [])]
        with replacing(folder / _DIGESTS) as digests:
            digests.write_text("".join(f"{one}  {NAME}\n" for one in dict.fromkeys(known)), "utf-8")
    return kept


def write_to(file: IO[str], grades: Iterable[FinalGrade]) -> None:
    """Write the table of the grades to a file that is open for text, with `newline=""`."""
    rows = sorted((_row(one) for one in grades), key=_place)
    write_table(file, COLUMNS, rows)


def is_edited(folder: Path) -> bool:
    """Whether somebody else has changed grades.csv since it was written."""
    path, digests = folder / NAME, folder / _DIGESTS
    if not path.exists() or not digests.exists():
        return False
    return _digest(path) not in digests.read_text("utf-8").split()


def _keep_edited(folder: Path) -> Path | None:
    """Copy an edited file aside, once however often a command is stopped here."""
    if not is_edited(folder):
        return None
    data = (folder / NAME).read_bytes()
    number = 1
    while (aside := folder / _EDITED.format(number)).exists():
        if aside.read_bytes() == data:
            return aside
        number += 1
    with replacing(aside) as new:
        new.write_bytes(data)
    return aside


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _row(one: FinalGrade) -> tuple[str, ...]:
    attempt, lateness = one.attempt, one.lateness
    return (
        one.student.id,
        one.student.name,
        one.exercise,
        one.status,
        _number(one.score),
        number_text(one.max_score),
        *(_late(lateness) if attempt else ("", "", "")),
        _number(one.automatic),
        _number(one.decided),
        _number(one.final),
        ", ".join(one.kinds),
        one.reason,
        str(attempt.number if attempt else 0),
        str(attempt.of if attempt else 0),
        attempt.file if attempt else "",
        str(one.to_grade or ""),
    )


def _place(row: tuple[str, ...]) -> tuple[str, ...]:
    return row[:3]


def _late(lateness: Lateness) -> tuple[str, str, str]:
    return (
        "" if lateness.late is None else "yes" if lateness.late else "no",
        "" if lateness.days is None else str(lateness.days),
        number_text(lateness.percent),
    )


def _number(points: float | None) -> str:
    return "" if points is None else number_text(points)
