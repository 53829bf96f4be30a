"""Who is in the class: a CSV of any platform, and matching files to its people.

An id decides first, whichever of the roster's columns holds it; then the name, in any order of
its parts and without accents. What fits several people fits nobody. A file that is named after a
group of the roster is all its members'. The number in the name of Moodle's folders is a
participant's of this assignment, or a group's: it says nothing unless the name agrees.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.batch.person_names import groups_called, joined, spellings
from grader.batch.records import Origin, Student
from grader.errors import UsageError
from grader.grading.file_names import composed, folded

# the first of these that a roster has is what its people are called by in the outputs
ID_COLUMNS: Final = (
    "student id", "studentid", "id", "user id", "userid", "id number", "idnumber", "sid",
    "identifier", "sis user id", "sis login id", "login id", "username", "user name", "login",
    "orgdefinedid", "email", "email address", "e mail",
)  # fmt: skip
NAME_COLUMNS: Final = ("name", "full name", "fullname", "student", "student name", "display name")
# of Moodle's worksheet, of Canvas's and Moodle's exports of groups, and of people's own tables
_GROUPS: Final = frozenset({"group", "group name", "team", "team name"})
_PARTICIPANT: Final = "identifier"
_NUMBER: Final = re.compile(r"\d+$")
_FIRST: Final = ("first name", "firstname", "given name")
_LAST: Final = ("last name", "lastname", "surname", "family name")
_MAX_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One line of the roster.

    Attributes
    ----------
    id, name : str
        What the person goes by in the outputs.
    ids : tuple of str
        Every id that the person may be found by.
    participant : str
        The whole `Participant 123` of Moodle, whose number is of one assignment alone.
    group : str
    """

    id: str
    name: str
    ids: tuple[str, ...]
    participant: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class RosterMatch:
    """The students that a file belongs to; `problem` says why it could not be told."""

    students: tuple[Student, ...]
    problem: str = ""


class Roster:
    """The people of a class, found by id, by name or by group.

    `of_teams` says that it is the grading worksheet of an assignment that teams hand in.
    """

    def __init__(self, people: Iterable[RosterEntry], *, of_teams: bool = False) -> None:
        self.people = tuple(people)
        self.of_teams = of_teams
        self._by_id: dict[str, set[RosterEntry]] = defaultdict(set)
        self._by_name: dict[str, set[RosterEntry]] = defaultdict(set)
        self._by_number: dict[str, set[RosterEntry]] = defaultdict(set)
        self._groups: dict[str, list[RosterEntry]] = defaultdict(list)
        for person in self.people:
            for one in person.ids:
                self._by_id[folded(one)].add(person)
            for form in spellings(person.name):
                self._by_name[form].add(person)
            if number := _NUMBER.search(person.participant):
                self._by_number[number[0]].add(person)
            if person.group:
                self._groups[person.group].append(person)

    def knows(self, text: str) -> bool:
        """Whether a text is the id or the name of one person or group at least."""
        known = folded(text) in self._by_id or joined(text) in self._by_name
        return known or bool(groups_called(text, self._groups))

    def match(self, origin: Origin) -> RosterMatch:
        """Return whose a file is, with the problem where that is not one person or one group."""
        if origin.id_is != "person" and self._groups and (team := self._team(origin)):
            return team
        if origin.id_is == "participant or team":
            return self._participant(origin)
        found = self._by_id.get(folded(origin.student_id), set()) if origin.student_id else set()
        if len(found) == 1:
            return RosterMatch((_student(found, "id"),))
        if len(found) > 1:
            return _nobody(origin, f"the id {origin.student_id} fits {_list(found)}")
        # a folder called "Lovelace, Ada" gives an id that is a name
        return self._named(origin, origin.student_name, origin.student_id)

    def _team(self, origin: Origin) -> RosterMatch | None:
        """Return the members of the group that a file is named after; None where there is none."""
        name = origin.student_name or origin.student_id
        of_moodle = origin.id_is == "participant or team"
        called = groups_called(name, self._groups, exactly=of_moodle)
        worksheet = self.of_teams and of_moodle
        if not called and not worksheet:
            return None
        if not called:
            return _nobody(origin, f"the roster's column of groups has no {name}")
        if len(called) > 1:
            return _nobody(origin, f"{name} fits the groups {' and '.join(sorted(called))}")
        if origin.has_namesake:
            return _nobody(origin, f"another folder is called {name} too")
        if not worksheet and (people := self._by_name.get(joined(name))):
            return _nobody(origin, f"{name} is a group, and is {_list(people)}")
        members = self._groups[called[0]]
        return RosterMatch(tuple(Student(one.id, one.name, "group") for one in members))

    def _participant(self, origin: Origin) -> RosterMatch:
        """Match a folder of Moodle, whose number is a team's where its name is not a person's."""
        number, name = origin.student_id, origin.student_name
        if not number:
            return _nobody(origin, "it is a team's, and the roster has no such group")
        found = self._by_number.get(number, set())
        agreeing = {one for one in found if is_called(name, number, one)}
        if len(agreeing) == 1:
            return RosterMatch((_student(agreeing, "id"),))
        if found:
            return _nobody(
                origin, f"the number {number} is that of {_list(found)}, not of {name}, or a team's"
            )
        if self._by_number:
            return _nobody(origin, f"no participant has the number {number}; it may be a team's")
        return self._named(origin, name)

    def _named(self, origin: Origin, *names: str) -> RosterMatch:
        names = tuple(name for name in names if name)
        named = {person for name in names for person in self._by_name.get(joined(name), ())}
        if len(named) == 1:
            return RosterMatch((_student(named, "name"),))
        if named:
            return _nobody(origin, f"the name {names[0]} fits {_list(named)}")
        return _nobody(origin, "nobody in the roster has this id or name")


def is_called(name: str, number: str, person: RosterEntry) -> bool:
    """Whether Moodle would name a participant's own folder so.

    That is by the full name, perhaps with the user name before it; in blind marking by the word
    and number that the worksheet has for the person.
    """
    found = joined(name)
    if found + number == joined(person.participant):
        return True
    forms = spellings(person.name) if person.name not in ("", *person.ids) else set()
    return found in forms or any(
        found == joined(identity) + form for identity in person.ids for form in forms
    )


def _nobody(origin: Origin, problem: str) -> RosterMatch:
    name = origin.student_name or origin.student_id
    return RosterMatch((Student(origin.student_id or name, name, "unlisted"),), problem)


def _student(found: set[RosterEntry], how: str) -> Student:
    (person,) = found
    return Student(person.id, person.name, "id" if how == "id" else "name")


def _list(people: set[RosterEntry]) -> str:
    return " and ".join(sorted(f"{person.name} ({person.id})" for person in people))


def read_roster(path: Path) -> Roster:
    """Read a roster: a CSV, with a header, that has a column of ids or names.

    Raises
    ------
    UsageError
        It cannot be read, or no column is known.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES)
    except OSError as error:
        raise UsageError(
            f"the roster {path} cannot be read: {error.strerror}", "name a CSV file"
        ) from None
    text = composed(_decode(data, path))
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as error:
        raise UsageError(
            f"the roster {path} is not a CSV file: {error}", "export it again"
        ) from None
    header = [re.sub(r"[\W_]+", " ", cell).strip().casefold() for cell in rows[0]] if rows else []
    people = [
        person for row in rows[1:] if (person := _person(dict(zip(header, row, strict=False))))
    ]
    if not people:
        raise UsageError(
            f"the roster {path} has no column of ids or names:"
            f" its columns are {', '.join(header) or 'none'}",
            "give it a header with a column `id` and a column `name`",
        )
    return Roster(people, of_teams=_PARTICIPANT in header and _GROUPS.intersection(header) != set())


def _decode(data: bytes, path: Path) -> str:
    for encoding in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"the roster {path} has an unknown encoding", "save it as UTF-8")


def _person(row: Mapping[str, str]) -> RosterEntry | None:
    ids = tuple(
        dict.fromkeys(row[column].strip() for column in ID_COLUMNS if row.get(column, "").strip())
    )
    name = next((row[column].strip() for column in NAME_COLUMNS if row.get(column, "").strip()), "")
    if not name:
        parts = (row.get(column, "").strip() for half in (_FIRST, _LAST) for column in half)
        name = " ".join(part for part in parts if part)
    if name.casefold() in {"points possible", "student, test"} or not (ids or name):
        return None
    group = next((row[column].strip() for column in _GROUPS if row.get(column, "").strip()), "")
    participant = row.get(_PARTICIPANT, "").strip()
    return RosterEntry(ids[0] if ids else name, name or ids[0], ids, participant, group)
