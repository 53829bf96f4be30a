"""The parts of an exercise that a person grades: their rubrics, and where answers are written.

In course.toml, such a part is a table of its own:

    [exercises.exercise1.by_hand.why]
    title = "Why does one value move the mean?"
    points = 3
    [exercises.exercise1.by_hand.why.rubric]
    every_value = { points = 2, text = "Says that every value counts" }
    example = { points = 1, text = "Gives an example" }

In a file of Python its answer is the text that is assigned to its name at the top level. In a
notebook it stands in the Markdown cell with the mark `<!-- answer: why -->`, which is a comment:
it survives whatever a notebook is edited with, and nobody sees it in the rendered text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Final, Literal, get_args

from grader.course.naming import is_file_name
from grader.course.tables import TomlTable
from grader.language import gettext_lazy as _
from grader.language import languages, translated
from grader.quick_dataclass import dataclass

AnswerKind = Literal["text", "plot", "code"]
ALL: Final = "all"
NONE: Final = "none"
PLACEHOLDER: Final = _("Write your answer here.")
OWN_CODE: Final = _("{function}: put your own code here")
OWN_VALUE: Final = _("put your own value here")
MARK: Final = re.compile(r"<!--[ \t]*(answer|question):[ \t]*(\S+?)[ \t]*-->[ \t]*\n?")
_MOST: Final = 1_000_000.0
_KEYS: Final = {"title": 'title = "What is asked"', "points": "points = 3"}
_ITEM_KEYS: Final = {"points": "points = 1", "text": 'text = "What earns them"'}


@dataclass(frozen=True, slots=True)
class RubricItem:
    """Something that earns points in an answer."""

    id: str
    text: str
    points: float


@dataclass(frozen=True, slots=True)
class Part:
    """A part that a person grades.

    Attributes
    ----------
    id : str
        Its name in Python: what the answer is assigned to, or the function that draws the plot.
    points : float
        What its rubric adds up to; without a rubric what it gives at most.
    answer : {"text", "plot", "code"}
        Whether it is written; drawn by a function of that name, or else by the whole file; or the
        code itself, of a function or class of that name, or else of the whole file.
    """

    id: str
    title: str
    points: float
    answer: AnswerKind = "text"
    rubric: tuple[RubricItem, ...] = ()


def read_parts(table: TomlTable, functions: Collection[str]) -> tuple[Part, ...]:
    """Return the parts that an exercise's table `by_hand` describes; mistakes are noted.

    Parameters
    ----------
    table : TomlTable
    functions : collection of str
        The names that the exercise gives points for, which no part may have.
    """
    found = []
    for name in table.names():
        if not is_file_name(name) or name.startswith("_"):
            remedy = _("name it as Python can: letters, digits, underscores")
            table.reject(name, remedy, _("bad name"))
        elif name in functions:
            remedy = _("checks give it points already: choose another name")
            table.reject(name, remedy, _("taken name"))
        found.append(_part(name, table.table(name)))
    return tuple(found)


def _part(name: str, table: TomlTable) -> Part:
    table.expect(_KEYS, ("answer", "rubric"))
    points = table.number("points", 0.0, _MOST) if "points" in table else 0.0
    if "points" in table and not points:
        table.reject("points", _("give it more than 0 points"))
    items = table.table("rubric")
    rubric = tuple(_item(each, items) for each in items.names())
    total = math.fsum(item.points for item in rubric)
    if rubric and "points" in table and not math.isclose(total, points, abs_tol=1e-9):
        table.reject(
            "points",
            _(
                "make them what the items of its rubric add up to, {total:g}, or change these",
                total=total,
            ),
            _("found {value}", value=f"{points:g}"),
        )
    return Part(
        id=name,
        title=table.text("title"),
        points=points,
        answer=table.word("answer", get_args(AnswerKind)),
        rubric=rubric,
    )


def _item(name: str, items: TomlTable) -> RubricItem:
    if not is_file_name(name) or name in (ALL, NONE):
        remedy = _("name it with letters, digits and underscores, and not {all} or {none}")
        items.reject(name, remedy.format(all=ALL, none=NONE), _("bad name"))
    table = items.table(name)
    table.expect(_ITEM_KEYS)
    points = table.number("points", 0.0, _MOST) if "points" in table else 0.0
    return RubricItem(name, table.text("text"), points)


def mark(kind: Literal["answer", "question"], part: Part) -> str:
    """Return the comment that marks a Markdown cell as the answer to a part, or its question."""
    return f"<!-- {kind}: {part.id} -->"


def given_cells(part: Part, asked: str) -> tuple[str, str]:
    """Return the Markdown cells that a notebook gives for a part: the question and the answer."""
    question = f"{mark('question', part)}\n{asked or translated(part.title)}"
    return question, f"{mark('answer', part)}\n*{translated(PLACEHOLDER)}*"


def given_lines(part: Part, *, asked: bool) -> list[str]:
    """Return the lines that a stub in Python gives for a part; `asked` if comments above ask it."""
    lines = [f'{part.id} = """', translated(PLACEHOLDER), '"""']
    return lines if asked else [f"# {translated(part.title)}", *lines]


def without_given(answer: str) -> str:
    """Return an answer without what was there before."""
    lines = [line.rstrip() for line in answer.split("\n")]
    given = {translated(PLACEHOLDER, language) for language in languages()}
    return "\n".join(line for line in lines if line.strip("* \t") not in given).strip()
