"""A table of who hands in together: a student and a group, and perhaps an exercise, a line.

The roster itself is one if it has a column of groups. Who has no group in it hands in alone.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Final

from grader.batch.records import RosterEntry
from grader.batch.roster import GROUP_COLUMNS, ID_COLUMNS, NAME_COLUMNS, Roster, column_of, entry_of
from grader.batch.teams import TeamMembership, Teams
from grader.course import Course
from grader.course.naming import nearest
from grader.errors import UsageError
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.text.tables import TableLine, read_lines, refused

_REMEDY: Final = _("give it a header `student,group`, or use a roster with a column `group`")


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
            _(
                "{path} has no column of groups: its columns are {columns}",
                path=path,
                columns=enumerated([title for title in titles if title]),
            ),
            _REMEDY,
        )
    found: list[TeamMembership] = []
    problems: list[tuple[int, str]] = []
    lines_of: dict[tuple[RosterEntry, str], dict[str, int]] = defaultdict(dict)
    for line in lines:
        try:
            one = _membership(line, roster, course)
        except UsageError as error:
            problems.append((line.number, error.in_one_line))
            continue
        if one is None:
            continue
        own = lines_of[one.person, one.exercise]
        if own and one.group not in own:
            other, first = next(iter(own.items()))
            problem = _(
                "line {line} has {student} in {group} (leave one of both)",
                line=first,
                student=one.person.name,
                group=other,
            )
            problems.append((line.number, problem))
        elif one.group not in own:
            found.append(one)
        own[one.group] = line.number
    if problems:
        raise refused(path, problems, _("nothing was graded"))
    if not found:
        raise UsageError(_("{path} has nobody in a group", path=path), _REMEDY)
    return Teams(found, hand_in_together=True)


def _membership(line: TableLine, roster: Roster, course: Course) -> TeamMembership | None:
    wanted = entry_of(line.cells)
    if wanted is None or not wanted.group:
        return None
    exercise = course.exercise(line["exercise"]).name if line["exercise"] else ""
    for text in (*wanted.ids, wanted.name):
        found = roster.people_called(text)
        if len(found) == 1:
            return TeamMembership(found[0], wanted.group, exercise)
        if found:
            raise UsageError(_("{name} fits several people", name=text), _("give the id"))
    guess = nearest(wanted.id, roster.names)
    raise UsageError(
        _("nobody in the roster is called {name}", name=wanted.id),
        _("did you mean {guess}?", guess=guess)
        if guess
        else _("give an id or a name as the roster has it"),
    )
