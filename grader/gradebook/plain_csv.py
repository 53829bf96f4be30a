"""A plain table: a new one with a row for each student, or any table with ids in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from grader.batch.roster import ID_COLUMNS, KNOWN_TITLES, NAME_COLUMNS, column_of
from grader.errors import UsageError
from grader.gradebook.filling import Filled, Target, choose_columns, fill
from grader.gradebook.grades import NO_GRADE, Grade, rounded, without_grade
from grader.gradebook.people import GradebookPerson, match
from grader.gradebook.sheet import Sheet, Source, first_columns, plain_title, table
from grader.language import gettext_lazy as _
from grader.text.tables import guarded

_DIGITS: Final = 9  # what the results themselves are rounded to


def new_table(grades: Sequence[Grade]) -> Filled:
    """Return a table with a row for each student and two columns for each exercise."""
    exercises = sorted({grade.exercise for grade in grades})
    maxima = {grade.exercise: grade.max_points for grade in grades if grade.max_points}
    titles = (title for name in exercises for title in (name, f"{name} maximum"))
    rows = [["student_id", "name", *titles]]
    for student in dict.fromkeys(grade.student for grade in grades):
        own = {grade.exercise: grade for grade in grades if grade.student == student}
        cells = []
        for name in exercises:
            points = own[name].points if name in own else None
            cells.append("" if points is None else rounded(points, _DIGITS))
            cells.append(rounded(maxima[name], _DIGITS) if name in maxima else "")
        rows.append([guarded(student.id), guarded(student.name), *cells])
    graded = sum(grade.points is not None for grade in grades)
    notes = without_grade(grades, excused=NO_GRADE)
    return Filled(table(rows), exercises, written=graded, notes=notes)


def fill_table(path: Source, grades: Sequence[Grade], wanted: str | None) -> Filled:
    """Return any table of people with the grades in it; a column that is not there is added.

    Raises
    ------
    UsageError
        The table has no column of ids, or it is not clear which column is meant.
    """
    sheet = Sheet(path, KNOWN_TITLES)
    meant = [column_of(plain_title(title)) for title in sheet.header]
    ids = [meant.index(name) for name in ID_COLUMNS if name in meant]
    names = [meant.index(name) for name in NAME_COLUMNS if name in meant]
    if not ids:
        raise UsageError(
            _(
                "{path} has no column of ids: its columns are {columns}",
                path=path,
                columns=first_columns(sheet),
            ),
            _("give it a header with a column `id`"),
        )
    people = []
    for row in sheet.rows:
        own = tuple(one for column in ids if (one := sheet.cell(row, column).strip()))
        if own:
            people.append(
                GradebookPerson(row, own, " ".join(sheet.cell(row, one) for one in names))
            )
    targets = {}
    for exercise in sorted({grade.exercise for grade in grades}):
        column = sheet.column(wanted or exercise)
        if column is None and wanted is None:
            column = sheet.add_column(exercise)
        titles = {
            number: title
            for number, title in enumerate(sheet.header)
            if number not in ids and number not in names
        }
        if column not in titles:
            column = choose_columns(titles, [exercise], wanted, str(path))[exercise]
        targets[exercise] = Target(column, _DIGITS)
    return fill(sheet, match(people, grades), targets)
