"""The parts that wait for a person, as a table: a line for each, with the answer to read.

It has the columns of decisions.csv, to be filled in and read back as one, and behind them

    title, items    what is asked, and what the rubric has: `every_value 2: Says that ...`
    answer          what the student wrote
    answer_id       tells this answer from one that is handed in later

`value` takes items of the rubric, or points; `remark` is what the student is told. A line without a
value is left for later. Where nothing was written, `none` stands there already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from grader.decisions.decisions_table import COLUMNS
from grader.decisions.parts import answer_digest
from grader.decisions.points_and_deadlines import number_text
from grader.decisions.results import Graded
from grader.grading.answers import NOTHING_WRITTEN
from grader.language import gettext, translated
from grader.language import gettext_lazy as _
from grader.result import PartResult
from grader.text.tables import table_text

_MORE: Final = ("title", "items", "answer", "answer_id")
_PLOT: Final = _("(a plot: it is on the student's page)")


def to_grade_table(graded: Iterable[Graded]) -> tuple[str, int]:
    """Return the table of the parts that wait, and how many there are.

    Exercises stand together, and in them the answers to one part, so that they are read in a row.
    """
    rows = sorted(
        (row for one in graded if one.grade.to_grade for row in _rows(one)),
        key=lambda row: (row[3], row[5], row[1]),
    )
    return table_text((*COLUMNS, *_MORE), rows), len(rows)


def _rows(graded: Graded) -> Iterator[tuple[str, ...]]:
    grade, record = graded.grade, graded.kept
    waiting = {one.part.id for one in grade.parts if one.points is None}
    for part in record.result.by_hand if record and record.result else ():
        if part.id not in waiting:
            continue
        row = {
            "student_id": grade.student.id,
            "name": grade.student.name,
            "exercise": grade.exercise,
            "decision": "graded",
            "check": part.id,
            "value": "none" if part.note == NOTHING_WRITTEN else "",
            "title": translated(part.title),
            "items": _items(part),
            "answer": part.answer or translated(_without_words(part)),
            "answer_id": answer_digest(part),
        }
        yield tuple(row.get(title, "") for title in (*COLUMNS, *_MORE))


def _without_words(part: PartResult) -> str:
    return _PLOT if part.pictures else _("({note})", note=part.note)


def _items(part: PartResult) -> str:
    items = [
        gettext("{id} {points}: {text}", id=one.id, points=number_text(one.points), text=one.text)
        for one in part.rubric
    ]
    if not items:
        return gettext("points up to {points}", points=number_text(part.max_points))
    return gettext("; ").join(items)
