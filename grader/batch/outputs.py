"""What a batch leaves for people and programs: results.jsonl, left_over.csv and batch.json.

Each is UTF-8, written whole beside its place and then renamed, so that two runs differ in timings
alone. Lines are sorted by student id, name, exercise and attempt. They hold what the checks and
the course say; grades.csv, which also holds what an instructor has decided, is made from them
(`grader.decisions.grades_file`).

results.jsonl, a line of JSON for each attempt that was to be graded:

    {"student": {"id", "name", "matched": "id" | "name" | "group" | "table" | "unlisted"
                 | "file"},
     "attempt": {"file", "number", "of", "kept": whether it counts by the course's rule,
                 "submitted": ISO 8601 or null,
                 "note": how it was chosen, where there were several files},
     "late": {"late": true | false | null, "days": int | null, "penalty_percent"},
     "exercise", "status": "graded" | "ungraded" | "unreadable",
     "automatic_score": what the course's rule leaves of the score | null,
     "translations": the note by language, where there is one in others,
     "result": the document of docs/result.schema.json, or null where unreadable}

`matched` is "file" without a roster, and "unlisted" where the roster has no such person.
It is "group" where the file is that of a group that the student is in, and "table" where the
instructor's table of files says whose it is.

left_over.csv, a line for each file with something to tell: file, student, exercise, reason. Such
files have no grade, unless the reason says so. It is in the language of who ran the batch. The
column student is for the instructor to fill in: then it is a table for `bpgrade batch --files`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Final

from grader.batch import description
from grader.batch.executor import Done
from grader.batch.late import Lateness
from grader.batch.records import BatchAttempt, LeftOver, Plan
from grader.course import Course
from grader.course.files import replacing
from grader.errors import UsageError
from grader.language import in_languages, told_in, translated
from grader.quick_dataclass import dataclass
from grader.text.tables import guarded, read_lines, write_table

RESULTS: Final = "results.jsonl"
LEFT_OVER: Final = "left_over.csv"
_FILLED_IN: Final = "left_over-filled-in-{}.csv"
LEFT_OVER_COLUMNS: Final = ("file", "student", "exercise", "reason")


@dataclass(frozen=True, slots=True)
class GradedAttempt:
    """An attempt with its result; no result where its file could not be read."""

    attempt: BatchAttempt
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
    course: Course,
    plan: Plan,
    graded: Callable[[], Iterable[GradedAttempt]],
    left_over: Iterable[LeftOver],
) -> Path | None:
    """Write all outputs; return where a left_over.csv is kept that was filled in and not used.

    Parameters
    ----------
    folder : Path
        Where to.
    course : Course
    plan : Plan
    graded : callable
        Gives the attempts with their results in the plan's order; called once, read once.
    left_over : iterable of LeftOver

    Raises
    ------
    OSError
        A file could not be written; what was there before still is.
    """
    languages = told_in(course.folder, course.language)
    with whole(folder / RESULTS) as results:
        for attempts in _by_student(graded()):
            kept = max(attempts, key=lambda one: (one.final, one.attempt.number))
            for one in attempts:
                results.write(_line(one, one is kept, languages) + "\n")
        with whole(folder / description.NAME) as file:
            file.write(description.to_json(description.describe(course, plan.missing)))
    told = list(left_over)
    aside = _keep_filled_in(folder, told)
    with whole(folder / LEFT_OVER) as file:
        rows = ((one.path, one.student, one.exercise, translated(one.reason)) for one in told)
        write_table(file, LEFT_OVER_COLUMNS, rows)
    return aside


def _keep_filled_in(folder: Path, told: Iterable[LeftOver]) -> Path | None:
    """Copy a left_over.csv aside in which somebody has named students, unless that was used."""
    path = folder / LEFT_OVER
    if not path.exists():
        return None
    try:
        _, lines = read_lines(path, "")
    except UsageError:  # whatever it has become, it is somebody's
        lines, unused = [], True
    else:
        used = {(guarded(one.path), one.student) for one in told if one.student}
        filled = {(guarded(line["file"]), line["student"]) for line in lines if line["student"]}
        unused = not filled <= used
    if not unused:
        return None
    number = 1
    while (aside := folder / _FILLED_IN.format(number)).exists():
        if aside.read_bytes() == path.read_bytes():
            return aside
        number += 1
    with replacing(aside) as new:
        new.write_bytes(path.read_bytes())
    return aside


def _by_student(graded: Iterable[GradedAttempt]) -> Iterator[list[GradedAttempt]]:
    for _, group in groupby(graded, key=lambda one: (one.attempt.student, one.attempt.exercise)):
        yield list(group)


def _line(one: GradedAttempt, kept: bool, languages: Sequence[str]) -> str:
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
        "automatic_score": one.final if one.status == "graded" else None,
    }
    if attempt.note and (others := in_languages(attempt.note, languages)[1]):
        head["translations"] = others
    # the document as the grader wrote it, byte for byte
    document = one.done.document if one.done else "null"
    return f'{json.dumps(head, allow_nan=False)[:-1]}, "result": {document}}}'


@contextmanager
def whole(path: Path) -> Iterator[IO[str]]:
    """Open a file that takes its place only when it is complete and on the disk."""
    with replacing(path) as new, new.open("w", encoding="utf-8", newline="") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
