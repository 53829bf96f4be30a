"""An assignment of any origin: its texts, code, tests and parts graded by hand, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.course.by_hand import AnswerKind
from grader.language import gettext_lazy as _

Level = Literal["look", "cannot"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file, the cell in it (0 where it has none), a line from 1."""

    file: str
    cell: int = 0
    line: int = 1

    @property
    def words(self) -> str:
        """The place in words."""
        if self.cell:
            told = {"file": self.file, "cell": self.cell, "line": self.line}
            return _("{file}, cell {cell}, line {line}", **told)
        return _("{file}, line {line}", file=self.file, line=self.line)

    def at(self, line: int) -> Place:
        """Return the place of a line that is counted from this one."""
        return Place(self.file, self.cell, self.line + line - 1)


@dataclass(frozen=True, slots=True)
class Finding:
    """What needs a look or cannot be carried over, and why."""

    level: Level
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """Markdown for the task text."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Code:
    """Code of the reference, with this project's markers around what students write."""

    source: str
    place: Place


@dataclass(frozen=True, slots=True)
class Test:
    """A test as its author wrote it.

    Attributes
    ----------
    source : str
        Its code, in which students' names stand as in the notebook.
    title, hint : str
        What students read: the title always, the hint after a failure.
    name : str
        What the check is called after.
    public_source : str
        Of a hidden test, the part that students may see; empty where there is none.
    asked : Place or None
        The cell that asks for it, where that is not the one that it stands in.
    after : str
        The cell of the reference after which it is asked, where a later one changes what it asks
        for; else empty.
    """

    place: Place
    source: str
    title: str
    name: str
    points: float
    visible: bool
    hint: str = ""
    public_source: str = ""
    asked: Place | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class ByHand:
    """A part that a person grades; `answer` is the author's answer or mark scheme.

    `kind` says what students hand in for it: a text, a plot or code.
    """

    place: Place
    title: str
    points: float
    answer: str
    kind: AnswerKind = "text"


Part = Text | Code | Test | ByHand


@dataclass(frozen=True, slots=True)
class Assignment:
    """One notebook, to become one exercise; `released` where its solution was taken out."""

    name: str
    title: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    released: bool = False
