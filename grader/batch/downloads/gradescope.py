"""Gradescope: folders `submission_<id>/` and a `submission_metadata.yml` beside them.

The file is YAML with Ruby symbols as keys (`:submitters:`, `:name:`). Only four of its keys are
needed, each on a line of its own at a known depth, so the lines are read as they stand.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from grader.quick_dataclass import dataclass

METADATA: Final = "submission_metadata.yml"
_SUBMISSION: Final = re.compile(r"(?P<key>[^\s#:][^:]*):\s*")
_FIELD: Final = re.compile(r"\s*(?:- )?\s*:(?P<key>\w+):\s*(?P<value>.*?)\s*")


@dataclass(frozen=True, slots=True)
class GradescopeSubmitter:
    """One submitter."""

    name: str
    id: str
    email: str


@dataclass(frozen=True, slots=True)
class ListedSubmission:
    """What the metadata say of one folder."""

    people: tuple[GradescopeSubmitter, ...]
    submitted: datetime | None


def read_metadata(text: str) -> dict[str, ListedSubmission]:
    """Return the submissions by the names of their folders."""
    found: dict[str, ListedSubmission] = {}
    key = ""
    section = ""
    people: list[dict[str, str]] = []
    submitted: datetime | None = None

    def keep() -> None:
        if key:
            persons = tuple(
                GradescopeSubmitter(one.get("name", ""), one.get("sid", ""), one.get("email", ""))
                for one in people
            )
            found[key] = ListedSubmission(persons, submitted)

    for line in text.splitlines():
        top = _SUBMISSION.fullmatch(line)
        if top:
            keep()
            key, section, people, submitted = _plain(top["key"]), "", [], None
            continue
        field = _FIELD.fullmatch(line)
        if field is None:
            continue
        depth = len(line) - len(line.lstrip(" "))
        if depth == 2 and not line.lstrip().startswith("- "):
            section = field["key"]
            if section == "created_at":
                submitted = _date(_plain(field["value"]))
        elif section == "submitters":
            if line.lstrip().startswith("- "):
                people.append({})
            if people and depth <= 6:
                people[-1].setdefault(field["key"], _plain(field["value"]))
    keep()
    return found


def _plain(text: str) -> str:
    """Return a scalar without its quotes; nothing for null."""
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return "" if text in {"null", "~"} else text


def _date(text: str) -> datetime | None:
    normal = re.sub(r"^(\S+) (\S+)(?: (\S+))?$", r"\1T\2\3", text).replace("UTC", "Z")
    normal = re.sub(r"\.(\d{1,6})\d*", lambda part: f".{part[1]:<06}".replace(" ", "0"), normal)
    try:
        return datetime.fromisoformat(normal)
    except ValueError:
        return None
