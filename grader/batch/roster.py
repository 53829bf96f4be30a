"""Who is in the class: a CSV of any platform, and matching files to its people.

An id decides first, whichever of the roster's columns holds it; then the name, in any order of
its parts and without accents. What fits several people fits nobody.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

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
_FIRST: Final = ("first name", "firstname", "given name")
_LAST: Final = ("last name", "lastname", "surname", "family name")
_MAX_BYTES: Final = 64_000_000


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One line of the roster: the id it goes by, the name, and every id it may be found by."""

    id: str
    name: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RosterMatch:
    """The student that a file belongs to; `problem` says why it could not be told."""

    student: Student
    problem: str = ""


class Roster:
    """The people of a class, found by id or by name."""

    def __init__(self, people: Iterable[RosterEntry]) -> None:
        self.people = tuple(people)
        self._by_id: dict[str, set[RosterEntry]] = defaultdict(set)
        self._by_name: dict[str, set[RosterEntry]] = defaultdict(set)
        for person in self.people:
            for one in person.ids:
                self._by_id[folded(one)].add(person)
            for form in _forms(person.name):
                self._by_name[form].add(person)

    def knows(self, text: str) -> bool:
        """Whether a text is the id or the name of one person at least."""
        return folded(text) in self._by_id or _joined(text) in self._by_name

    def match(self, origin: Origin) -> RosterMatch:
        """Return whose a file is, with the problem where that is not one person."""
        found = self._by_id.get(folded(origin.student_id), set()) if origin.student_id else set()
        if len(found) == 1:
            return RosterMatch(_student(found, "id"))
        # a folder called "Lovelace, Ada" gives an id that is a name
        names = [name for name in (origin.student_name, origin.student_id) if name]
        named = {person for name in names for person in self._by_name.get(_joined(name), ())}
        own = Student(origin.student_id, origin.student_name or origin.student_id, "unlisted")
        if len(found) > 1:
            return RosterMatch(own, f"the id {origin.student_id} fits {_list(found)}")
        if len(named) == 1:
            return RosterMatch(_student(named, "name"))
        if named:
            return RosterMatch(own, f"the name {names[0]} fits {_list(named)}")
        return RosterMatch(own, "nobody in the roster has this id or name")


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
        raise UsageError(f"the roster {path} is no CSV: {error}", "export it again") from None
    header = [re.sub(r"[\W_]+", " ", cell).strip().casefold() for cell in rows[0]] if rows else []
    people = [
        person for row in rows[1:] if (person := _person(dict(zip(header, row, strict=False))))
    ]
    if not people:
        raise UsageError(
            f"the roster {path} names nobody: its columns are {', '.join(header) or 'none'}",
            "give it a header with a column `id` and a column `name`",
        )
    return Roster(people)


def _decode(data: bytes, path: Path) -> str:
    for encoding in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UsageError(f"the roster {path} is in no known encoding", "save it as UTF-8")


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
    # Moodle's worksheet writes "Participant 123", its zips 123
    bare = tuple(one.removeprefix("Participant ") for one in ids if one.startswith("Participant "))
    return RosterEntry(ids[0] if ids else name, name or ids[0], (*ids, *bare))


def _forms(name: str) -> set[str]:
    """Return a name as it may be written: as it stands, and with its last name first."""
    words = re.split(r"[\s,]+", name.strip())
    orders = [words, [words[-1], *words[:-1]], [*words[1:], words[0]]]
    last, comma, first = name.partition(",")
    if comma:
        orders.append([first, last])
    return {_joined(" ".join(order)) for order in orders}


def _joined(name: str) -> str:
    """Return the letters and digits alone, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())
