"""What people of learning platforms are called: held in memory for those who may see it, not kept.

Whoever comes by a platform has a number in the database and no name. The names come from the
platform, with a launch or with the roster, and are gone when the process ends.
"""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from threading import Lock
from typing import Final

_MOST: Final = 100_000
_MOST_FOUND: Final = 20_000  # SQLite takes no more than 32,766 values
_names: OrderedDict[int, str] = OrderedDict()
_lock = Lock()


def learn(person: int, name: str) -> None:
    """Remember what somebody is called, by their number in the database."""
    if not name:
        return
    with _lock:
        _names[person] = name
        _names.move_to_end(person)
        while len(_names) > _MOST:
            _names.popitem(last=False)


def name_of(person: int) -> str:
    """Return what somebody is called; nothing where it isn't known here."""
    return _names.get(person, "")


def called(text: str) -> list[int]:
    """Return the numbers of people whose names have this text in them, as many as fit a query."""
    wanted = text.casefold()
    with _lock:
        found = (person for person, name in _names.items() if wanted in name.casefold())
        return list(islice(found, _MOST_FOUND))
