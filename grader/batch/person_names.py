"""How the names of people and of groups are compared, as each platform spells them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from grader.grading.file_names import folded

# what Moodle's clean_param(PARAM_FILE) takes out of a name, in lib/classes/param.php
_NOT_IN_MOODLE_FILES: Final = re.compile(r"[\x00-\x1f\x7f&<>\"`|':\\/]")


def joined(name: str) -> str:
    """Return the letters and digits alone, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in plain if letter.isalnum())


def spellings(name: str) -> set[str]:
    """Return a name as it may be written: as it stands, and with its last name first."""
    words = re.split(r"[\s,]+", name.strip())
    orders = [words, [words[-1], *words[:-1]], [*words[1:], words[0]]]
    last, comma, first = name.partition(",")
    if comma:
        orders.append([first, last])
    return {joined(" ".join(order)) for order in orders}


def moodle_name(name: str) -> str:
    """Return a name as Moodle puts it before the number in a download's folder.

    Examples
    --------
    >>> moodle_name("R2_D2: the 'team'")
    'R2 D2 the team'
    """
    text = _NOT_IN_MOODLE_FILES.sub("", name.replace("_", " "))
    return " ".join(re.sub(r"\.\.+", "", text).split())


def groups_called(name: str, groups: Iterable[str], *, exactly: bool = False) -> tuple[str, ...]:
    """Return the groups that a folder or a file may be named after: those spelt as it is.

    Where there is none, those of the same letters and digits, unless `exactly`.

    Examples
    --------
    >>> groups_called("Team Red", ["Team Red", "Team-Red", "Red"]), groups_called("C", ["C++"])
    (('Team Red',), ('C++',))
    """
    groups = list(dict.fromkeys(groups))
    called = folded(moodle_name(name))
    # format_string() of Moodle writes & as &amp; before the & is taken out
    alike = [
        group
        for group in groups
        if called in {folded(moodle_name(one)) for one in (group, group.replace("&", "&amp;"))}
    ]
    letters = "" if exactly else joined(name)  # Canvas keeps no more of a group's name
    return tuple(alike or [one for one in groups if letters and joined(one) == letters])
