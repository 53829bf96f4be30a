"""Who of those that have handed in nothing may be meant by a file that is nobody's."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from grader.batch.person_names import joined, spellings
from grader.batch.records import LeftOver, RosterEntry, Student
from grader.batch.roster import called
from grader.course import Exercise
from grader.grading.file_names import folded
from grader.language import listed, ngettext_lazy

_MOST: Final = 500
_SHOWN: Final = 3
_SHORTEST: Final = 3


def guessed(
    left_over: Iterable[LeftOver],
    missing: Sequence[tuple[Student, Exercise]],
    people: Iterable[RosterEntry],
) -> list[LeftOver]:
    """Return the left-over files, with whose they may be among those who have no file.

    A file is never graded by such a guess: it is for the instructor to look at.
    """
    exercises: dict[Student, list[str]] = defaultdict(list)
    for student, exercise in missing:
        exercises[student].append(exercise.name)
    marks = {
        person: (_marks(person), _ids(person))
        for person in people
        if Student(person.id, person.name) in exercises
    }
    told = []
    for number, one in enumerate(left_over):
        if number < _MOST and not one.student and not one.reason.startswith("taken"):
            plain, letters = folded(one.path), joined(one.path)
            found = [
                person
                for person, (words, ids) in marks.items()
                if (any(word in letters for word in words) or _has_id(plain, ids))
                and _lacks(one, exercises[Student(person.id, person.name)])
            ]
            if 0 < len(found) <= _SHOWN:
                one = replace(
                    one,
                    reason=ngettext_lazy(
                        "{reason}; {names} has no file",
                        "{reason}; {names} have no file",
                        len(found),
                        reason=one.reason,
                        names=listed([called(person) for person in found]),
                    ),
                )
        told.append(one)
    return told


def _lacks(left_over: LeftOver, exercises: Sequence[str]) -> bool:
    return not left_over.exercise or left_over.exercise in exercises


def _has_id(plain: str, ids: Iterable[str]) -> bool:
    return any(one in plain and re.search(rf"(?<!\d){re.escape(one)}(?!\d)", plain) for one in ids)


def _ids(person: RosterEntry) -> list[str]:
    return [folded(one) for one in person.ids if len(one) >= _SHORTEST]


def _marks(person: RosterEntry) -> set[str]:
    """Return what would speak for a person: the name, or a long word of it."""
    words = {joined(word) for word in re.split(r"[\s,]+", person.name)}
    long = {word for word in words if len(word) > _SHORTEST}
    found = {*spellings(person.name), *long}
    return {one for one in found if len(one) >= _SHORTEST or (one and not one.isascii())}
