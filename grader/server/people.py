"""The people of a roster: the same tables as for a batch."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path
from typing import Final

from grader.batch.roster import read_roster
from grader.decisions.decision import ALL
from grader.errors import UsageError
from grader.grading.file_names import folded
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.safe_text import visible
from grader.server.models import Person
from grader.text.tables import CUT_SHORT, is_rounded_number

_LONGEST_ID: Final = Person._meta.get_field("username").max_length
_LONGEST_NAME: Final = Person._meta.get_field("name").max_length
_SHOWN: Final = 10
_SHOWN_LETTERS: Final = 60


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
        It can't be read, has no column of ids, or ids that can't be those of people who log in.
    """
    roster = read_roster(Path(name), data)
    rows = list(dict.fromkeys(RosterRow(one.id, one.name) for one in roster.people if one.id))
    if any(each.identity == ALL for each in rows):
        raise UsageError(
            _("nobody can have the id {id}: it stands for everybody", id=ALL),
            _("choose another id"),
        )
    rounded = [each.identity for each in rows if is_rounded_number(each.identity)]
    if rounded:
        raise UsageError(
            _("these ids are not whole: {ids}", ids=_few(rounded)),
            CUT_SHORT,
        )
    _expect_to_fit(rows)
    _expect_different(rows)
    return rows


def _expect_to_fit(rows: Collection[RosterRow]) -> None:
    wrong = [
        each.identity
        for each in rows
        if len(each.identity) > _LONGEST_ID
        or len(each.name) > _LONGEST_NAME
        or any(unicodedata.category(letter) == "Cc" for letter in each.identity + each.name)
    ]
    if wrong:
        raise UsageError(
            _("these can't be the id and the name of a person: {ids}", ids=_few(wrong)),
            _(
                "an id has {id} letters at most, a name {name}, all of them in one line",
                id=_LONGEST_ID,
                name=_LONGEST_NAME,
            ),
        )


def _expect_different(rows: Collection[RosterRow]) -> None:
    by_id: dict[str, set[RosterRow]] = defaultdict(set)
    for each in rows:
        by_id[folded(each.identity)].add(each)
    several = [min(one.identity for one in same) for same in by_id.values() if len(same) > 1]
    if several:
        raise UsageError(
            _("several people have the same id: {ids}", ids=_few(several)),
            _("give each person in the roster an id of their own, and each person one line"),
        )


def _few(ids: Collection[str]) -> str:
    """Return the first of these ids for a message, none of them too long."""
    shown = [visible(one, lines=False)[:_SHOWN_LETTERS] for one in list(ids)[:_SHOWN]]
    return enumerated([*shown, "…"] if len(ids) > _SHOWN else shown)
