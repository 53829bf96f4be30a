"""Whose a row of a gradebook is: by id, never by name; a name can only speak against it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Final

from grader.batch.person_names import joined, spellings
from grader.gradebook.grades import Grade
from grader.language import gettext_lazy as _
from grader.language import listed
from grader.quick_dataclass import dataclass

NUMBER_ALONE: Final = _(
    "the number in its folder's name is a participant's or a team's of one assignment: grade with"
    " --roster WORKSHEET.csv, or fill the grading worksheet"
)


@dataclass(frozen=True, slots=True)
class GradebookPerson:
    """A row: its number, the ids that its person goes by there, and their name."""

    row: int
    ids: tuple[str, ...]
    name: str


@dataclass(frozen=True, slots=True)
class Matches:
    """Grades by the rows that they belong to, and what belongs to none and why."""

    rows: Mapping[int, Sequence[Grade]]
    left_out: tuple[str, ...] = field(default=())


def match(
    people: Sequence[GradebookPerson], grades: Iterable[Grade], *, by_full_name: bool = False
) -> Matches:
    """Return which row each grade belongs to; what is not sure belongs nowhere, and is told.

    `by_full_name` is for ids that may be those of a group's member: where no roster has said whose
    the file is, its name has to be the row's in full.
    """
    by_id: dict[str, set[int]] = defaultdict(set)
    for person in people:
        for one in person.ids:
            by_id[_plain(one)].add(person.row)
    names = {person.row: person.name for person in people}
    found: dict[int, list[Grade]] = defaultdict(list)
    left_out: list[str] = []
    for grade in grades:
        row, reason = _row(grade, by_id, names)
        if row is not None and by_full_name and not _is_row_s_own(grade, names[row]):
            reason = _("the id is that of {name}, and the file may be a group's", name=names[row])
            row = None
        if row is not None:
            found[row].append(grade)
        elif grade.points is not None or grade.standing == "excused":
            left_out.append(_("{student}: {reason}", student=called(grade), reason=reason))
    return settled(found, left_out, names)


def settled(
    found: Mapping[int, Sequence[Grade]], left_out: Iterable[str], names: Mapping[int, str]
) -> Matches:
    """Return the rows that one student's grades alone belong to, and tell of the others."""
    told = list(left_out)
    rows = dict(found)
    for row, own in found.items():
        if len({grade.student for grade in own}) > 1:
            del rows[row]
            people = listed(list(dict.fromkeys(called(grade) for grade in own)))
            told.append(_("{names}: both fit the row of {name}", names=people, name=names[row]))
    return Matches(rows, tuple(dict.fromkeys(told)))


def _row(
    grade: Grade, by_id: Mapping[str, set[int]], names: Mapping[int, str]
) -> tuple[int | None, str]:
    """Return a grade's row, or None and why there is none."""
    student = grade.student
    if grade.folder is not None:
        return None, NUMBER_ALONE
    fitting = by_id.get(_plain(student.id), set()) if student.id.strip() else set()
    if not fitting:
        return None, _("no row has this id")
    known = student.name if student.name != student.id else ""
    agreeing = {row for row in fitting if not contradict(known, names[row])}
    if len(agreeing) == 1:
        return next(iter(agreeing)), ""
    if agreeing:
        rows = listed([names[row] or _("row {number}", number=row + 1) for row in sorted(agreeing)])
        return None, _("the id fits several rows: {rows}", rows=rows)
    others = listed([names[row] for row in sorted(fitting)])
    return None, _("the id is that of {names} there, another name", names=others)


def contradict(one: str, other: str) -> bool:
    """Whether two names cannot be one person's: they are in one script and share no word.

    Examples
    --------
    >>> contradict("lovelaceada", "Lovelace, Ada"), contradict("Ada Lovelace", "Bob Ross")
    (False, True)
    """
    words, others = _words(one), _words(other)
    if not words or not others or _scripts(one).isdisjoint(_scripts(other)):
        return False
    joined, joined_others = "".join(words), "".join(others)
    return not (
        any(word in joined for word in others) or any(word in joined_others for word in words)
    )


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    words = re.findall(r"[^\W\d_]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return [word for word in words if len(word) > 1] or words


def _scripts(name: str) -> set[str]:
    return {unicodedata.name(letter, "?").partition(" ")[0] for letter in name if letter.isalpha()}


def _plain(identity: str) -> str:
    return unicodedata.normalize("NFC", identity).strip().casefold()


def _is_row_s_own(grade: Grade, name: str) -> bool:
    student = grade.student
    known = student.matched not in ("file", "unlisted") or student.name == student.id
    return known or joined(student.name) in spellings(name)


def called(grade: Grade) -> str:
    """Return a student's name and id, for people."""
    student = grade.student
    return student.id if student.name in ("", student.id) else f"{student.name} ({student.id})"
