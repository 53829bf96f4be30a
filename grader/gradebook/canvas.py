"""Canvas: the gradebook's own export with the grades of an assignment put in.

A header that begins with Student and ID, perhaps a row of posting policies, a row
`    Points Possible`, then the people. An assignment's title ends with its number in brackets. A
blank cell against a grade would clear it, so what is not graded keeps what it had. Source:
`lib/gradebook_importer.rb` of canvas-lms.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from grader.errors import UsageError
from grader.gradebook.filling import Filled, Target, choose_columns, fill
from grader.gradebook.grades import Grade, number_of
from grader.gradebook.people import GradebookPerson, match
from grader.gradebook.sheet import Sheet, Source, first_columns, plain_title
from grader.language import gettext_lazy as _

_IDS: Final = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
_KNOWN: Final = frozenset(map(plain_title, ("Student", "Section", "LastName", "FirstName", *_IDS)))
_DIGITS: Final = 2
_EXCUSED: Final = "EX"


def fill_canvas(path: Source, grades: Sequence[Grade], wanted: str | None) -> Filled:
    """Return a Canvas gradebook with the grades in it.

    Raises
    ------
    UsageError
        The file is no such export, or has no column for an exercise.
    """
    sheet = Sheet(path, _KNOWN)
    first, identity = sheet.column("Student", "LastName"), sheet.column("ID")
    if first is None or identity is None:
        raise UsageError(
            _(
                "{path} is not an export of a Canvas gradebook: its columns are {columns}",
                path=path,
                columns=first_columns(sheet),
            ),
            _("in Canvas: Grades, Export, Export Entire Gradebook"),
        )
    people, possible = _people(sheet, first, identity)
    titles = {
        column: title
        for column, title in enumerate(sheet.header)
        if re.search(r"\(\d+\)\s*$", title) and "read only" not in possible.get(column, "")
    }
    exercises = sorted({grade.exercise for grade in grades})
    columns = choose_columns(titles, exercises, wanted, str(path))
    targets = {
        name: _target(sheet, column, number_of(possible.get(column, "")))
        for name, column in columns.items()
    }
    return fill(sheet, match(people, grades, by_full_name=True), targets)


def _target(sheet: Sheet, column: int, possible: Fraction | None) -> Target:
    return Target(
        column,
        _DIGITS,
        lambda _row: possible,
        lambda row: _("excused in Canvas") if sheet.cell(row, column).strip() == _EXCUSED else "",
        excused=_EXCUSED,
    )


def _people(
    sheet: Sheet, first: int, identity: int
) -> tuple[list[GradebookPerson], dict[int, str]]:
    """Return the people, and what the row of possible points says in each column."""
    columns = [column for name in _IDS if (column := sheet.column(name)) is not None]
    given = sheet.column("FirstName")
    people: list[GradebookPerson] = []
    possible: dict[int, str] = {}
    for row in sheet.rows:
        name = sheet.cell(row, first)
        if name.strip().casefold().startswith("points possible"):
            possible = {column: sheet.cell(row, column) for column in range(len(sheet.header))}
        elif sheet.cell(row, identity).strip() or any(sheet.cell(row, one) for one in columns):
            ids = tuple(one for column in columns if (one := sheet.cell(row, column).strip()))
            people.append(GradebookPerson(row, ids, f"{name} {sheet.cell(row, given)}".strip()))
    return people, possible
