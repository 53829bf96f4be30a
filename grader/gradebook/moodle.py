"""Moodle: an assignment's grading worksheet, the course's gradebook, or a new table to import.

The worksheet is known by its `Identifier`, `Participant 123`, whose number is the participant's in
this assignment; a row's maximum says the scale, and locked grades stay. In a gradebook's export
people have e-mail addresses and ID numbers. A new table holds graded people only: to import a
comment without a grade would wipe the grade. Sources: `mod/assign/gradingtable.php` and
`mod/assign/feedback/offline/importgradeslib.php` of Moodle; docs.moodle.org, Grade import.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grader.errors import UsageError
from grader.gradebook.filling import Filled, Target, choose_columns, fill
from grader.gradebook.grades import Grade, number_of, rounded
from grader.gradebook.people import GradebookPerson, match
from grader.gradebook.sheet import Sheet, guarded, plain_title, table

_IDS: Final = ("Identifier", "ID number", "Email address", "Username", "User ID")
_NAMES: Final = ("Full name", "First name", "Last name", "Surname")
_KNOWN: Final = frozenset(map(plain_title, (*_IDS, *_NAMES, "Grade", "Maximum grade", "Status")))
_DIGITS: Final = 5  # what Moodle stores
_PARTICIPANT: Final = re.compile(r"([^\d@]*[^\d@\s])\s?(\d+)")


def fill_moodle(path: Path, grades: Sequence[Grade], wanted: str | None) -> Filled:
    """Return a worksheet or a gradebook of Moodle with the grades in it.

    Raises
    ------
    UsageError
        The file is neither, or has no column for an exercise.
    """
    sheet = Sheet(path, _KNOWN)
    identifier = _identifier(sheet)
    if identifier is None and not any(sheet.column(name) is not None for name in _IDS):
        raise UsageError(
            f"{path} is no grading worksheet or gradebook of Moodle: its columns are"
            f" {', '.join(sheet.header[:8])}",
            "in Moodle: the assignment, Download grading worksheet; or Grades, Export, Plain text"
            " file",
        )
    exercises = sorted({grade.exercise for grade in grades})
    if identifier is None:
        targets = _gradebook(sheet, exercises, wanted, str(path))
    else:
        targets = _worksheet(sheet, exercises, wanted, str(path))
    return fill(sheet, match(_people(sheet, identifier), grades), targets)


def _identifier(sheet: Sheet) -> int | None:
    """Return a worksheet's first column, which has a word of the site's language and a number."""
    named = sheet.column("Identifier")
    if named is not None or not len(sheet.rows):
        return named
    cells = [sheet.cell(row, 0) for row in sheet.rows if sheet.cell(row, 0)]
    alike = {found[1] for cell in cells if (found := _PARTICIPANT.fullmatch(cell))}
    return 0 if len(alike) == 1 and all(map(_PARTICIPANT.fullmatch, cells)) else None


def _worksheet(
    sheet: Sheet, exercises: Sequence[str], wanted: str | None, where: str
) -> dict[str, Target]:
    if len(exercises) > 1:
        raise UsageError(
            f"{where} is the worksheet of one assignment, and the results have"
            f" {len(exercises)} exercises",
            f"say which with --exercise NAME: {', '.join(exercises)}",
        )
    column, most = sheet.column(wanted or "Grade"), sheet.column("Maximum grade")
    if column is None:
        raise UsageError(
            f"{where} has no column {wanted or 'Grade'}",
            f'name the column of the grades with --column "TITLE"; there are:'
            f" {'; '.join(sheet.header)}",
        )
    if sheet.column("Scale") is not None and most is None:
        raise UsageError(
            f"{where} grades by a scale of words, not by points",
            "set the assignment's grade to points in Moodle",
        )
    changeable = sheet.column("Grade can be changed")
    target = Target(
        column,
        _DIGITS,
        lambda row: number_of(sheet.cell(row, most)),
        lambda row: "locked in Moodle" if _is_locked(sheet, row, changeable) else "",
        sheet.column("Feedback comments"),
    )
    return {exercises[0]: target}


def _is_locked(sheet: Sheet, row: int, changeable: int | None) -> bool:
    return sheet.cell(row, changeable).strip().casefold() == "no"


def _gradebook(
    sheet: Sheet, exercises: Sequence[str], wanted: str | None, where: str
) -> dict[str, Target]:
    people = {plain_title(name) for name in (*_IDS, *_NAMES, "Institution", "Department")}
    titles = {
        column: title
        for column, title in enumerate(sheet.header)
        if plain_title(title) not in people and not re.search(_NOT_A_GRADE, plain_title(title))
    }
    columns = choose_columns(titles, exercises, wanted, where)
    return {
        name: Target(column, _DIGITS, comments=_comments(sheet, sheet.header[column]))
        for name, column in columns.items()
    }


_NOT_A_GRADE: Final = r"feedback|course total|category total|last downloaded|percentage\)?$|letter$"


def _comments(sheet: Sheet, title: str) -> int | None:
    """Return the column of comments beside a column of grades, by either way of naming it."""
    bare = re.sub(r"\s*\((Real|Points)\)\s*$", "", title, flags=re.IGNORECASE)
    return sheet.column(f"{bare} (Feedback)", f"{bare} feedback", f"{title} feedback")


def _people(sheet: Sheet, identifier: int | None) -> list[GradebookPerson]:
    columns = [column for name in _IDS if (column := sheet.column(name)) is not None]
    if identifier is not None and identifier not in columns:
        columns.insert(0, identifier)
    names = [column for name in _NAMES if (column := sheet.column(name)) is not None]
    people = []
    for row in sheet.rows:
        ids = [one for column in columns if (one := sheet.cell(row, column).strip())]
        # the zip of submissions has the number alone
        bare = [number[2] for one in ids if (number := _PARTICIPANT.fullmatch(one))]
        name = " ".join(one for column in names if (one := sheet.cell(row, column).strip()))
        if ids:
            people.append(GradebookPerson(row, (*ids, *bare), name))
    return people


def new_moodle(grades: Sequence[Grade]) -> Filled:
    """Return a new table for Moodle's grade import, of graded people with a sure id alone."""
    filled = Filled()
    sure = [grade for grade in grades if grade.points is not None and _is_sure(grade)]
    by_mail = [grade for grade in sure if "@" in grade.student.id]
    mail = len(by_mail) * 2 > len(sure)
    kept = [grade for grade in sure if ("@" in grade.student.id) is mail]
    exercises = sorted({grade.exercise for grade in kept})
    key = "Email address" if mail else "ID number"
    rows = [[key, *(title for name in exercises for title in (name, f"{name} feedback"))]]
    for identity in dict.fromkeys(grade.student.id for grade in kept):
        own = {grade.exercise: grade for grade in kept if grade.student.id == identity}
        cells = [
            cell
            for name in exercises
            for cell in (
                (rounded(own[name].points or own[name].max_points * 0, _DIGITS), own[name].comment)
                if name in own
                else ("", "")
            )
        ]
        rows.append([guarded(identity), *map(_cell, cells)])
    filled.columns, filled.written = exercises, len(kept)
    filled.left_out = [
        f"{grade.student.name or grade.student.id} ({grade.student.id}): whether this id is one of"
        " Moodle's is not known; grade with --roster, or give --into the worksheet"
        for grade in grades
        if grade.points is not None and grade not in kept
    ]
    filled.data = table(rows)
    return filled


def _cell(text: str) -> str:
    return guarded(" ".join(text.split()))


def _is_sure(grade: Grade) -> bool:
    return "@" in grade.student.id or grade.student.matched in ("id", "name")
