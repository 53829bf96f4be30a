"""A table of who hands in together: a student and a group, and perhaps an exercise, a line.

The roster itself is one if it has a column of groups. Who has no group in it hands in alone.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

from grader.batch.records import RosterEntry
from grader.batch.roster import GROUP_COLUMNS, ID_COLUMNS, NAME_COLUMNS, Roster, column_of, entry_of
from grader.batch.teams import Membership, Teams
from grader.course import Course
from grader.course.naming import nearest
from grader.errors import UsageError
from grader.text.tables import Line, read_lines, refused

_REMEDY: Final = "give it a header `student,group`, or use a roster with a column `group`"


def read_teams(path: Path, roster: Roster, course: Course) -> Teams:
    """Return the groups of a class, whose members hand in together.

    Raises
    ------
    UsageError
        It cannot be read, or some lines do not hold; each is named.
    """
    titles, lines = read_lines(
        path,
        _REMEDY,
        title_of=column_of,
        known=(*ID_COLUMNS, *NAME_COLUMNS, *GROUP_COLUMNS, "exercise"),
    )
    if GROUP_COLUMNS.isdisjoint(titles):
        raise UsageError(
            f"{path} has no column of groups: its columns are {', '.join(filter(None, titles))}",
            _REMEDY,
        )
    found: list[Membership] = []
    problems: list[tuple[int, str]] = []
    lines_of: dict[tuple[RosterEntry, str], dict[str, int]] = defaultdict(dict)
    for line in lines:
        try:
            one = _membership(line, roster, course)
        except UsageError as error:
            problems.append((line.number, f"{error.message} ({error.remedy})"))
            continue
        if one is None:
            continue
        own = lines_of[one.person, one.exercise]
        if own and one.group not in own:
            other, first = next(iter(own.items()))
            problems.append(
                (line.number, f"line {first} has {one.person.name} in {other} (leave one of both)")
            )
        elif one.group not in own:
            found.append(one)
        own[one.group] = line.number
    if problems:
        raise refused(path, problems, "nothing was graded")
    if not found:
        raise UsageError(f"{path} has nobody in a group", _REMEDY)
    return Teams(found, hand_in_together=True)


def _membership(line: Line, roster: Roster, course: Course) -> Membership | None:
    wanted = entry_of(line.cells)
    if wanted is None or not wanted.group:
        return None
    exercise = course.exercise(line["exercise"]).name if line["exercise"] else ""
    for text in (*wanted.ids, wanted.name):
        found = roster.people_called(text)
        if len(found) == 1:
            return Membership(found[0], wanted.group, exercise)
        if found:
            raise UsageError(f"{text} fits several people", "give the id")
    guess = nearest(wanted.id, roster.names)
    raise UsageError(
        f"nobody in the roster is called {wanted.id}",
        f"did you mean {guess}?" if guess else "give an id or a name as the roster has it",
    )
