"""Moodle's grading worksheet of one assignment: whose a grade is there, and under which number.

A row is known by its `Identifier`, `Participant 123`, whose number is of this assignment alone.
Where teams hand in there is a column `Group`; then a submission's number is its group's, and its
name says whose it is: all rows of that group. Those in no group have `Default group` there.
Sources: `mod/assign/gradingtable.php` (`col_team`) and `mod/assign/classes/downloader.php` of
Moodle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from grader.batch.person_names import groups_called, moodle_name
from grader.batch.records import Origin, RosterEntry
from grader.batch.roster import is_called, no_participant
from grader.gradebook.grades import Grade
from grader.gradebook.people import GradebookPerson, Matches, called, match, settled
from grader.gradebook.sheet import Sheet
from grader.grading.file_names import folded
from grader.language import gettext_lazy as _
from grader.language import listed

IDS: Final = ("Identifier", "ID number", "Email address", "Username", "User ID")
NAMES: Final = ("Full name", "First name", "Last name", "Surname")
_PARTICIPANT: Final = re.compile(r"([^\d@]*[^\d@\s])\s?(\d+)")


def identifier_column(sheet: Sheet) -> int | None:
    """Return a worksheet's first column, which has a word of the site's language and a number."""
    named = sheet.column("Identifier")
    if named is not None or not len(sheet.rows):
        return named
    cells = [sheet.cell(row, 0) for row in sheet.rows if sheet.cell(row, 0)]
    alike = {found[1] for cell in cells if (found := _PARTICIPANT.fullmatch(cell))}
    return 0 if len(alike) == 1 and all(map(_PARTICIPANT.fullmatch, cells)) else None


def people_of(sheet: Sheet, identifier: int | None = None) -> list[GradebookPerson]:
    """Return the people of a worksheet or a gradebook, with all their ids."""
    columns = [column for name in IDS if (column := sheet.column(name)) is not None]
    if identifier is not None and identifier not in columns:
        columns.insert(0, identifier)
    names = [column for name in NAMES if (column := sheet.column(name)) is not None]
    people = []
    for row in sheet.rows:
        ids = tuple(one for column in columns if (one := sheet.cell(row, column).strip()))
        name = " ".join(one for column in names if (one := sheet.cell(row, column).strip()))
        if ids:
            people.append(GradebookPerson(row, ids, name))
    return people


class Worksheet:
    """The rows of a worksheet, by participants' numbers and by groups."""

    def __init__(self, sheet: Sheet, identifier: int) -> None:
        self.people = people_of(sheet, identifier)
        self._names = {person.row: person.name for person in self.people}
        self._identifiers = {
            one.row: sheet.cell(one.row, identifier).strip() for one in self.people
        }
        self._ids = {folded(one) for person in self.people for one in person.ids}
        self._by_number: dict[str, list[GradebookPerson]] = defaultdict(list)
        self._by_group: dict[str, list[int]] = defaultdict(list)
        group = sheet.column("Group")
        self.of_teams = group is not None
        for person in self.people:
            self._by_number[self.number(person.row)].append(person)
            if name := sheet.cell(person.row, group).strip():
                self._by_group[name].append(person.row)

    def number(self, row: int) -> str:
        """Return a participant's number."""
        found = _PARTICIPANT.fullmatch(self._identifiers[row])
        return found[2] if found else ""

    def folder(self, row: int) -> str:
        """Return how Moodle's import knows a participant's folder: any name, then the number."""
        name = self._names[row] or self._identifiers[row].removesuffix(self.number(row))
        return f"{moodle_name(name).lstrip('.~ ')}_{self.number(row)}"

    def matches(self, grades: Sequence[Grade]) -> Matches:
        """Return the rows that each grade belongs to; what is not sure belongs nowhere."""
        by_name = [grade for grade in grades if self._is_read_from_a_folder(grade)]
        by_id = [grade for grade in grades if not self._is_read_from_a_folder(grade)]
        people = self.people if self.of_teams else [*map(self._with_number, self.people)]
        found = match(people, by_id)
        rows: dict[int, list[Grade]] = defaultdict(list, {k: [*v] for k, v in found.rows.items()})
        left_out = [*found.left_out]
        for grade in by_name:
            fitting, reason = self._rows(grade, by_name)
            if not fitting and grade.points is not None:
                left_out.append(_("{student}: {reason}", student=called(grade), reason=reason))
            for row in fitting:
                rows[row].append(grade)
        return settled(rows, left_out, self._names)

    def _with_number(self, person: GradebookPerson) -> GradebookPerson:
        # people's own folders may be called by the number alone
        return GradebookPerson(person.row, (*person.ids, self.number(person.row)), person.name)

    def _is_read_from_a_folder(self, grade: Grade) -> bool:
        """Whether a grade's student is what a name says, of which the number may be a team's."""
        student = grade.student
        bare = student.id.isdecimal() or student.id == student.name
        is_listed = (
            student.matched in ("id", "name", "group", "table") and folded(student.id) in self._ids
        )
        return grade.folder is not None or (self.of_teams and bare and not is_listed)

    def _rows(self, grade: Grade, others: Iterable[Grade]) -> tuple[Sequence[int], str]:
        """Return the rows of a grade that goes by a name, or why there are none."""
        student = grade.student
        origin = grade.folder or Origin("", student.id, student.name)
        if not self.of_teams:
            return self._own_row(origin)
        groups = groups_called(origin.student_name, self._by_group, exactly=True)
        if not groups:
            return (), _("the column Group has no {name}", name=origin.student_name)
        if len(groups) > 1:
            return (), _("its name fits the groups {groups}", groups=listed(groups))
        if any(
            one.student.id != student.id and groups_called(one.student.name, groups, exactly=True)
            for one in others
        ):
            return (), _("another submission is called {name} too", name=origin.student_name)
        return self._by_group[groups[0]], ""

    def _own_row(self, origin: Origin) -> tuple[Sequence[int], str]:
        number, name = origin.student_id, origin.student_name
        if not number:
            return (), _("it is a team's, and the worksheet has no column Group")
        found = self._by_number.get(number, [])
        agreeing = [one.row for one in found if is_called(name, number, self._entry(one))]
        if len(agreeing) == 1:
            return agreeing, ""
        if found:
            whose = listed([one.name or self._identifiers[one.row] for one in found])
            return (), _(
                "the number {number} is that of {names} there; or it is a team's",
                number=number,
                names=whose,
            )
        return (), no_participant(number)

    def _entry(self, person: GradebookPerson) -> RosterEntry:
        return RosterEntry(person.ids[0], person.name, person.ids, self._identifiers[person.row])
