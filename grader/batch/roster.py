"""Who is in the class: a CSV of any platform, and matching files to its people.

In a platform's download an id decides first, whichever of the roster's columns holds it; then the
name, in any order of its parts and without accents. In names that people chose, `named_people`
finds both. What fits several people fits nobody. A file that is named after a
group of the roster is all its members'. The number in the name of Moodle's folders is a
participant's of this assignment, or a group's: it says nothing unless the name agrees.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from grader.batch.named_people import NamedPeople
from grader.batch.person_names import groups_called, joined, spellings
from grader.batch.records import Origin, RosterEntry, Student
from grader.batch.teams import TeamMembership, Teams
from grader.errors import UsageError
from grader.grading.file_names import folded
from grader.language import enumerated, listed
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.text.tables import read_lines

# the first of these that a roster has is what its people are called by in the outputs
ID_COLUMNS: Final = (
    "student id", "studentid", "id", "user id", "userid", "id number", "idnumber", "sid",
    "identifier", "sis user id", "sis login id", "login id", "username", "user name", "login",
    "orgdefinedid", "email", "email address", "e mail",
)  # fmt: skip
NAME_COLUMNS: Final = ("name", "full name", "fullname", "student", "student name", "display name")
# of Moodle's worksheet, of Canvas's and Moodle's exports of groups, and of people's own tables
GROUP_COLUMNS: Final = frozenset({"group", "group name", "team", "team name"})
_PARTICIPANT: Final = "identifier"
_NOT_LISTED: Final = _("nobody in the roster has this id or name")
_NUMBER: Final = re.compile(r"\d+$")
_FIRST: Final = ("first name", "firstname", "given name")
_LAST: Final = ("last name", "lastname", "surname", "family name")
# as school systems, Moodle and Excel head these columns in Chinese and in some other languages
_TRANSLATED: Final = {
    "学号": "student id", "學號": "student id", "学生学号": "student id", "学籍番号": "student id",
    "학번": "student id", "matrikelnummer": "student id", "matrícula": "student id",
    "用户名": "username", "使用者名稱": "username", "账号": "username", "工号": "id number",
    "姓名": "name", "学生姓名": "name", "名字": "name", "氏名": "name", "이름": "name",
    "성명": "name",
    "全名": "full name", "vollständiger name": "full name", "nombre completo": "full name",
    "名": "first name", "vorname": "first name", "nombre": "first name", "prénom": "first name",
    "姓": "last name", "nachname": "last name", "apellidos": "last name", "nom": "last name",
    "邮箱": "email", "电子邮箱": "email", "电子邮件": "email", "邮箱地址": "email",
    "電子郵件": "email",
    "メール": "email", "メールアドレス": "email", "이메일": "email", "e mail adresse": "email",
    "分组": "group", "小组": "group", "组别": "group", "組別": "group", "グループ": "group",
    "gruppe": "group", "grupo": "group", "groupe": "group",
}  # fmt: skip
_OF_PEOPLE: Final = frozenset((*ID_COLUMNS, *NAME_COLUMNS, *_FIRST, *_LAST))
KNOWN_TITLES: Final = frozenset((*_OF_PEOPLE, *_TRANSLATED))


@dataclass(frozen=True, slots=True)
class RosterMatch:
    """The students that a file belongs to; `problem` says why it could not be told."""

    students: tuple[Student, ...]
    problem: str = ""


class Roster:
    """The people of a class, found by id, by name or by group.

    `of_teams` says that it is the grading worksheet of an assignment that teams hand in; `teams`
    are the groups, else those that its people have in it.
    """

    def __init__(
        self,
        people: Iterable[RosterEntry],
        *,
        of_teams: bool = False,
        teams: Teams | None = None,
    ) -> None:
        self.people = tuple(dict.fromkeys(people))
        names = (joined(one.name) for one in self.people if not one.name.isascii())
        self._foreign = {form for form in names if form}
        self._people = {Student(one.id, one.name): one for one in self.people}
        self._named_people = NamedPeople(self.people)
        own = (TeamMembership(one, one.group) for one in self.people if one.group)
        self._teams = teams or Teams(own)
        self._groups = self._teams.names
        spelt = (name for one in self._groups for name in (one, one.replace("&", "&amp;")))
        self._group_letters = set(map(joined, spelt))
        self.of_teams = of_teams
        self._by_id: dict[str, set[RosterEntry]] = defaultdict(set)
        self._by_name: dict[str, set[RosterEntry]] = defaultdict(set)
        self._by_number: dict[str, set[RosterEntry]] = defaultdict(set)
        for person in self.people:
            for one in person.ids:
                self._by_id[folded(one)].add(person)
            for form in spellings(person.name):
                self._by_name[form].add(person)
            if number := _NUMBER.search(person.participant):
                self._by_number[number[0]].add(person)

    def knows(self, text: str) -> bool:
        """Whether a text is the id or the name of one person or group at least."""
        known = folded(text) in self._by_id or joined(text) in self._by_name
        return known or joined(text) in self._group_letters

    @property
    def names(self) -> list[str]:
        """All that people and groups are called by."""
        people = (text for one in self.people for text in (*one.ids, one.name))
        return [*people, *self._groups]

    def mentioned(self, text: str) -> int:
        """Return how many people's names stand in a text that are not plain ASCII."""
        letters = joined(text)
        return sum(form in letters for form in self._foreign)

    def with_teams(self, teams: Teams) -> Roster:
        """Return the same people in other groups."""
        return Roster(self.people, of_teams=self.of_teams, teams=teams)

    def people_called(self, text: str) -> list[RosterEntry]:
        """Return who has a text as id, else as name."""
        found = self._by_id.get(folded(text)) or self._by_name.get(joined(text), set())
        return sorted(found, key=lambda one: one.id)

    def called(self, text: str, exercise: str = "") -> list[tuple[Student, ...]]:
        """Return whom a text may mean: one person each, or the members of a group."""
        if found := self.people_called(text):
            return [(Student(one.id, one.name, "table"),) for one in found]
        return [self._members(group, exercise) for group in groups_called(text, self._groups)]

    def together(self, student: Student, exercise: str) -> tuple[Student, ...]:
        """Return who hands in together with a student, who is among them."""
        if not self._teams.hand_in_together or student not in self._people:
            return (student,)
        person = self._people[student]
        others = self._teams.together_with(person, exercise)
        return tuple(Student(one.id, one.name, "group") for one in others if one != person)

    def _members(self, group: str, exercise: str) -> tuple[Student, ...]:
        members = self._teams.members(group, exercise)
        return tuple(Student(one.id, one.name, "group") for one in members)

    def match(self, origin: Origin, exercise: str = "") -> RosterMatch:
        """Return whose a file is, with the problem where that is not one person or one group."""
        if origin.id_is != "person" and self._groups and (team := self._team(origin, exercise)):
            return team
        if origin.id_is == "participant or team":
            return self._participant(origin)
        if origin.said:
            return self._said(origin)
        found = self._by_id.get(folded(origin.student_id), set()) if origin.student_id else set()
        if len(found) == 1:
            return RosterMatch((_student(found, "id"),))
        if len(found) > 1:
            return _nobody(
                origin, _("the id {id} fits {names}", id=origin.student_id, names=_list(found))
            )
        # a folder called "Lovelace, Ada" gives an id that is a name
        return self._named(origin, origin.student_name, origin.student_id)

    def _team(self, origin: Origin, exercise: str) -> RosterMatch | None:
        """Return the members of the group that a file is named after; None where there is none."""
        name = origin.student_name or origin.student_id
        of_moodle = origin.id_is == "participant or team"
        fitting = (
            groups_called(name, self._groups, exactly=of_moodle)
            if joined(name) in self._group_letters  # as few names do
            else ()
        )
        worksheet = self.of_teams and of_moodle
        if not fitting and not worksheet:
            return None
        if not fitting:
            return _nobody(origin, _("the roster's column of groups has no {name}", name=name))
        if len(fitting) > 1:
            groups = listed(sorted(fitting))
            return _nobody(origin, _("{name} fits the groups {groups}", name=name, groups=groups))
        if origin.has_namesake:
            return _nobody(origin, _("another folder is called {name} too", name=name))
        if not worksheet and (people := self._by_name.get(joined(name))):
            return _nobody(
                origin, _("{name} is a group, and is {names}", name=name, names=_list(people))
            )
        return RosterMatch(self._members(fitting[0], exercise))

    def _participant(self, origin: Origin) -> RosterMatch:
        """Match a folder of Moodle, whose number is a team's where its name is not a person's."""
        number, name = origin.student_id, origin.student_name
        if not number:
            return _nobody(origin, _("it is a team's, and the roster has no such group"))
        found = self._by_number.get(number, set())
        agreeing = {one for one in found if is_called(name, number, one)}
        if len(agreeing) == 1:
            return RosterMatch((_student(agreeing, "id"),))
        if found:
            return _nobody(
                origin,
                _(
                    "the number {number} is that of {names}, not of {name}, or a team's",
                    number=number,
                    names=_list(found),
                    name=name,
                ),
            )
        if self._by_number:
            return _nobody(origin, no_participant(number))
        return self._named(origin, name)

    def _said(self, origin: Origin) -> RosterMatch:
        """Match a file by the names of its folders and its own, where one person alone is named."""
        named = [self._named_people.in_text(text) for text in origin.said if text]
        by_id = {person for one in named for person in one.by_id}
        people = by_id.union(*(one.by_name for one in named))
        if len(people) > 1:
            return _nobody(origin, _("its name fits {names}", names=_list(people)))
        stranger = next((one.stranger for one in named if one.stranger), "")
        if people and not by_id and stranger:
            return _nobody(
                origin,
                _(
                    "its name is that of {names}, and {id} is not",
                    names=_list(people),
                    id=stranger,
                ),
            )
        if not people:
            return _nobody(origin, _NOT_LISTED)
        return RosterMatch((_student(people, "id" if by_id else "name"),))

    def _named(self, origin: Origin, *names: str) -> RosterMatch:
        names = tuple(name for name in names if name)
        named = {person for name in names for person in self._by_name.get(joined(name), ())}
        if len(named) == 1:
            return RosterMatch((_student(named, "name"),))
        if named:
            return _nobody(
                origin, _("the name {name} fits {names}", name=names[0], names=_list(named))
            )
        return _nobody(origin, _NOT_LISTED)


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


def no_participant(number: str) -> str:
    """Return why a folder with a number that nobody has is nobody's."""
    return _("no participant has the number {number}; it may be a team's", number=number)


def called(person: RosterEntry | Student) -> str:
    """Return a person's name and id, for people."""
    return person.id if person.name in ("", person.id) else f"{person.name} ({person.id})"


def _nobody(origin: Origin, problem: str) -> RosterMatch:
    name = origin.student_name or origin.student_id
    return RosterMatch((Student(origin.student_id or name, name, "unlisted"),), problem)


def _student(found: set[RosterEntry], how: str) -> Student:
    (person,) = found
    return Student(person.id, person.name, "id" if how == "id" else "name")


def _list(people: set[RosterEntry]) -> str:
    return listed(sorted(called(person) for person in people))


def read_roster(path: Path, data: bytes | None = None) -> Roster:
    """Read a roster: a CSV, with a header, that has a column of ids or names.

    It may be in any usual encoding, its header in English, Chinese and some other languages.
    `data` as in `read_lines`.

    Raises
    ------
    UsageError
        It cannot be read, or no column is known.
    """
    titles, lines = read_lines(
        path,
        _("name a CSV file, with a header"),
        title_of=column_of,
        known=tuple(KNOWN_TITLES),
        data=data,
    )
    people = [person for line in lines if (person := entry_of(line.cells))]
    if not people:
        columns = [title for title in titles if title]
        raise UsageError(
            _(
                "the roster {path} has no column of ids or names: its columns are {columns}",
                path=path,
                columns=enumerated(columns) if columns else _("none"),
            )
            if _OF_PEOPLE.isdisjoint(titles)
            else _("the roster {path} has nobody in it", path=path),
            _(
                "give it a header with a column `id` and a column `name`,"
                " and a line for each person"
            ),
        )
    return Roster(people, of_teams=_PARTICIPANT in titles and not GROUP_COLUMNS.isdisjoint(titles))


def column_of(title: str) -> str:
    """Return which column of a roster a title stands for, in whichever language it is."""
    plain = title.replace("_", " ")
    return _TRANSLATED.get(plain, plain)


def entry_of(row: Mapping[str, str]) -> RosterEntry | None:
    """Return whom a line is about, by its cells under their columns; None for nobody."""
    ids = tuple(
        dict.fromkeys(row[column].strip() for column in ID_COLUMNS if row.get(column, "").strip())
    )
    name = next((row[column].strip() for column in NAME_COLUMNS if row.get(column, "").strip()), "")
    if not name:
        parts = (row.get(column, "").strip() for half in (_FIRST, _LAST) for column in half)
        name = " ".join(part for part in parts if part)
    if name.casefold() in {"points possible", "student, test"} or not (ids or name):
        return None
    group = next(
        (row[column].strip() for column in GROUP_COLUMNS if row.get(column, "").strip()), ""
    )
    participant = row.get(_PARTICIPANT, "").strip()
    return RosterEntry(ids[0] if ids else name, name or ids[0], ids, participant, group)
