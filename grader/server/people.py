"""The people of a roster: the same tables as for a batch."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from grader.batch.roster import read_roster


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody in a roster: the id that they log in with, the name, the section."""

    identity: str
    name: str
    section: str


def read_people(data: bytes) -> list[Listed]:
    """Return the people of a roster in CSV.

    Raises
    ------
    UsageError
        It can't be read, or has no column of ids.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "roster.csv")
        path.write_bytes(data)
        roster = read_roster(path)
    return [Listed(each.id, each.name, "") for each in roster.people if each.id]
