"""Blackboard: `<assignment>_<user name>_<attempt>_<date>_<file>`, flat, with a .txt an attempt.

The word for "attempt" follows the site's language; a user name may be an e-mail address and may
hold underscores, so it is read leftwards from the date, and an assignment's name is what all
files begin with.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from grader.batch.records import Origin

_NAME: Final = re.compile(
    r"(?P<who>.+)_(?P<word>[^\W\d_]+)_(?P<date>\d{4}(?:-\d\d){5})(?:_(?P<own>.+))?(?P<txt>\.txt)?",
    re.DOTALL,
)
_FILE_LINE: Final = re.compile(r"^\s*Original filename:\s*(.+?)\s*$|^\s*Filename:\s*(.+?)\s*$")


def is_receipt(path: str) -> bool:
    """Whether the file is the text that Blackboard itself writes for an attempt."""
    return _receipt(path.rpartition("/")[2]) is not None


def _receipt(name: str) -> re.Match[str] | None:
    return re.fullmatch(
        r"(?P<who>.+)_(?P<word>[^\W\d_]+)_(?P<date>\d{4}(?:-\d\d){5})\.txt", name, re.DOTALL
    )


def user_of_receipt(text: str) -> tuple[str, str]:
    """Return the name and the user name of a receipt's line `Name: Ada Lovelace (al12)`."""
    for line in text.splitlines():
        if line.startswith("Name:"):
            found = re.fullmatch(r"Name:\s*(.*?)\s*\(([^()]*)\)\s*", line)
            return (found[1], found[2]) if found else (line.partition(":")[2].strip(), "")
    return "", ""


def original_names(text: str) -> Mapping[str, str]:
    """Return the students' own file names by the names in the download, from a receipt."""
    names: dict[str, str] = {}
    original = ""
    for line in text.splitlines():
        found = _FILE_LINE.match(line)
        if found and found[1]:
            original = found[1]
        elif found and original:
            names[found[2]] = original
            original = ""
    return names


def assignment_prefix(paths: Sequence[str]) -> str:
    """Return what all names begin with, up to an underscore: the assignment's name."""
    names = [path.rpartition("/")[2] for path in paths]
    owners = {found["who"] for name in names if (found := _receipt(name) or _NAME.fullmatch(name))}
    common = os.path.commonprefix(sorted(owners)) if len(owners) > 1 else ""  # noqa: RUF071
    if not common and owners:  # one student: the user name is the last part
        common = next(iter(owners)).rpartition("_")[0] + "_"
    return common[: common.rfind("_") + 1]


def parse(path: str, prefix: str) -> Origin | None:
    """Return what the path of a file in a download says; None where it is not of this kind."""
    first, _, rest = path.rpartition("/")[2] if "/" not in path else path, "", ""
    first, _, rest = first.partition("/")
    found = _receipt(first) or _NAME.fullmatch(first)
    if found is None:
        return None
    own = rest.rpartition("/")[2] or found.groupdict().get("own") or first
    return Origin(own, found["who"].removeprefix(prefix), submitted=_date(found["date"]))


def _date(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
