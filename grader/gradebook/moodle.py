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
from typing import Final

from grader.errors import UsageError
from grader.gradebook.filling import Filled, Target, choose_columns, fill, in_a_row
from grader.gradebook.grades import NO_GRADE, Grade, number_of, rounded, without_grade
from grader.gradebook.people import match
from grader.gradebook.sheet import Sheet, Source, first_columns, plain_title, table
from grader.gradebook.worksheet import IDS, NAMES, Worksheet, identifier_column, people_of
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.text.tables import guarded

_KNOWN: Final = frozenset(map(plain_title, (*IDS, *NAMES, "Grade", "Maximum grade", "Status")))
_DIGITS: Final = 5  # what Moodle stores


def fill_moodle(path: Source, grades: Sequence[Grade], wanted: str | None) -> Filled:
    """Return a worksheet or a gradebook of Moodle with the grades in it.

    Raises
    ------
    UsageError
        The file is neither, or has no column for an exercise.
    """
    sheet = Sheet(path, _KNOWN)
    identifier = identifier_column(sheet)
    if identifier is None and not any(sheet.column(name) is not None for name in IDS):
        raise UsageError(
            _(
                "{path} is not a Moodle grading worksheet or gradebook: its columns are {columns}",
                path=path,
                columns=first_columns(sheet),
            ),
            _(
                "in Moodle: the assignment, Download grading worksheet; or Grades, Export, Plain"
                " text file"
            ),
        )
    exercises = sorted({grade.exercise for grade in grades})
    if identifier is None:
        targets = _gradebook(sheet, exercises, wanted, str(path))
        return fill(sheet, match(people_of(sheet), grades), targets)
    targets = _worksheet(sheet, exercises, wanted, str(path))
    return fill(sheet, Worksheet(sheet, identifier).matches(grades), targets)


def read_worksheet(path: Source) -> Worksheet | None:
    """Return a grading worksheet; None where the file is a gradebook.

    Raises
    ------
    UsageError
        It cannot be read.
    """
    sheet = Sheet(path, _KNOWN)
    identifier = identifier_column(sheet)
    return None if identifier is None else Worksheet(sheet, identifier)


def _worksheet(
    sheet: Sheet, exercises: Sequence[str], wanted: str | None, where: str
) -> dict[str, Target]:
    if len(exercises) > 1:
        raise UsageError(
            _(
                "{path} is the worksheet of one assignment, and the results have {count} exercises",
                path=where,
                count=len(exercises),
            ),
            _("choose one with --exercise NAME: {exercises}", exercises=enumerated(exercises)),
            on_page=_("choose the exercise"),
        )
    column, most = sheet.column(wanted or "Grade"), sheet.column("Maximum grade")
    if column is None:
        raise UsageError(
            _("{path} has no column {columns}", path=where, columns=wanted or "Grade"),
            _(
                'name the column of the grades with --column "TITLE"; there are: {columns}',
                columns=in_a_row(sheet.header),
            ),
            on_page=_(
                "write the name of the column of the grades; there are: {columns}",
                columns=in_a_row(sheet.header),
            ),
        )
    if sheet.column("Scale") is not None and most is None:
        raise UsageError(
            _("{path} grades by a scale of words, not by points", path=where),
            _("set the assignment's grade to points in Moodle"),
        )
    changeable = sheet.column("Grade can be changed")
    target = Target(
        column,
        _DIGITS,
        lambda row: number_of(sheet.cell(row, most)),
        lambda row: _("locked in Moodle") if _is_locked(sheet, row, changeable) else "",
        sheet.column("Feedback comments"),
    )
    return {exercises[0]: target}


def _is_locked(sheet: Sheet, row: int, changeable: int | None) -> bool:
    return sheet.cell(row, changeable).strip().casefold() == "no"


def _gradebook(
    sheet: Sheet, exercises: Sequence[str], wanted: str | None, where: str
) -> dict[str, Target]:
    people = {plain_title(name) for name in (*IDS, *NAMES, "Institution", "Department")}
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
        _(
            "{name} ({id}): whether this id is one of Moodle's is not known; grade with --roster,"
            " or give --into the worksheet",
            name=grade.student.name or grade.student.id,
            id=grade.student.id,
        )
        for grade in grades
        if grade.points is not None and grade not in kept
    ]
    filled.notes = without_grade(grades, excused=NO_GRADE)
    filled.data = table(rows)
    return filled


def _cell(text: str) -> str:
    return guarded(" ".join(text.split()))


def _is_sure(grade: Grade) -> bool:
    student = grade.student
    if student.id.startswith("Participant "):  # of one assignment: no column of Moodle's has it
        return False
    return "@" in student.id or student.matched in ("id", "name", "group", "table")
