"""Repairs that recur and have no misconception yet, each with a draft of one for the author."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from grader.author.draft import Draft, draft
from grader.course import Course
from grader.quick_dataclass import dataclass
from grader.report.pages import code
from grader.report.pages.rows import FoundRepair, Row
from grader.result import Listing

SEVERAL: Final = 2
_MOST: Final = 20
_WORD: Final = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Recurring:
    """A repair that several students need: who, what one of them wrote, and a draft."""

    repair: FoundRepair
    rows: tuple[Row, ...]
    draft: Draft | None
    lines: tuple[code.CodeLine, ...]


def recurring(rows: Iterable[Row], course: Course | None) -> tuple[Recurring, ...]:
    """Return what several students have to change and no misconception names, the frequent first.

    Parameters
    ----------
    course : Course or None
        Its references are what drafts are made for.
    """
    references = _references(course)
    found: dict[object, list[tuple[Row, FoundRepair, Draft | None]]] = defaultdict(list)
    for row in rows:
        for one in row.repairs:
            made = draft(references.get(row.exercise, ""), one.listing, one.places, one.title)
            same = tuple(made.edit.items()) if made else _spelling(one)
            found[row.exercise, one.listing.function, one.kinds, same].append((row, one, made))
    groups = [
        _recurring(some)
        for some in found.values()
        if len({row.student for row, _, _ in some}) >= SEVERAL
    ]
    return tuple(sorted(groups, key=lambda one: (-len(one.rows), one.repair.title))[:_MOST])


def _recurring(some: Sequence[tuple[Row, FoundRepair, Draft | None]]) -> Recurring:
    _, repair, made = some[0]
    first = repair.places[0].line
    listing = repair.listing
    start = max(0, first - listing.first_line - 2)
    text = "\n".join(listing.text.split("\n")[start : start + 5])
    excerpt = Listing(listing.function, listing.place, listing.first_line + start, text)
    lines = code.lines(excerpt, repair.diagnoses)
    return Recurring(repair, tuple(row for row, _, _ in some), made, lines)


def _spelling(repair: FoundRepair) -> tuple[str, ...]:
    """Return the wrong parts with all names alike."""
    return tuple(
        _WORD.sub("_", place.text[place.column : place.end_column]).replace(" ", "")
        for place in repair.places
    )


def _references(course: Course | None) -> dict[str, str]:
    if course is None:
        return {}
    found = {}
    for exercise in course.exercises:
        try:
            found[exercise.name] = course.reference(exercise).read_text("utf-8")
        except (OSError, ValueError):  # a course without its solutions: there are no drafts
            continue
    return found
