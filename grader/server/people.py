"""The people of a roster: the same tables as for a batch."""

from __future__ import annotations

from pathlib import Path

from grader.batch.roster import read_roster
from grader.decisions.decision import ALL
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class RosterRow:
    """Somebody in a roster: the id that they log in with, and the name."""

    identity: str
    name: str


def read_people(name: str, data: bytes) -> list[RosterRow]:
    """Return the people of a roster in CSV, which problems call by this name.

    Raises
    ------
    UsageError
        It can't be read, has no column of ids, or one that decisions have another meaning for.
    """
    roster = read_roster(Path(name), data)
    if any(each.id == ALL for each in roster.people):
        raise UsageError(
            _("nobody can have the id {id}: it stands for everybody", id=ALL),
            _("choose another id"),
        )
    return [RosterRow(each.id, each.name) for each in roster.people if each.id]
