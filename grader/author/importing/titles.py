"""Titles that students read, taken from what the author wrote."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import Final

from grader.author.importing.assignment import Part, TaskText

_LONGEST: Final = 100
_MARKS: Final = re.compile(
    r"HIDDEN|TEST CELL|DO NOT|AUTOTEST|BEGIN |END |noqa|type:", re.IGNORECASE
)


def title_of(source: str, name: str) -> str:
    """Return the title of a test: its own text, its first comment, or else its name in words."""
    try:
        found = ast.get_docstring(ast.parse(source)) or ""
    except (SyntaxError, ValueError):
        found = ""
    if not found.strip():
        first = next((line.strip() for line in source.split("\n") if line.strip()), "")
        if first.startswith("#") and not _MARKS.search(first):
            found = first.strip("# ")
    return plain(found) or words(name)


def words(name: str) -> str:
    """Return a name as words."""
    text = re.sub(r"[\W_]+", " ", name).strip()
    return (text[:1].upper() + text[1:])[:_LONGEST] or "Test"


def plain(text: str) -> str:
    """Return the first line of a text, as one that can stand in a docstring."""
    line = next((line.strip() for line in text.split("\n") if line.strip()), "")
    line = line.replace("\\", "/").replace('"', "'")
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3].rstrip() + "..."


def first_heading(parts: Iterable[Part]) -> str:
    """Return the first top heading of an assignment's texts; empty where there is none."""
    for part in parts:
        if isinstance(part, TaskText):
            match = re.search(r"^# +(.+?) *#*$", part.markdown, re.MULTILINE)
            if match:
                return plain(re.sub(r"[*_`]|<[^>]*>", "", match[1]))
    return ""
