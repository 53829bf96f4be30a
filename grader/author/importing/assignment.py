"""An assignment of any origin: its texts, code, tests and parts graded by hand, in order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from grader.course.by_hand import AnswerKind
from grader.language import gettext_lazy as _

Level = Literal["look", "cannot"]


@dataclass(frozen=True, slots=True, order=True)
class ImportPlace:
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

    def at(self, line: int) -> ImportPlace:
        """Return the place of a line that is counted from this one."""
        return ImportPlace(self.file, self.cell, self.line + line - 1)


@dataclass(frozen=True, slots=True)
class ImportFinding:
    """What needs a look or cannot be carried over, and why."""

    level: Level
    place: ImportPlace
    text: str


@dataclass(frozen=True, slots=True)
class TaskText:
    """Markdown for the task text."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Code:
    """Code of the reference, with this project's markers around what students write."""

    source: str
    place: ImportPlace


@dataclass(frozen=True, slots=True)
class AuthorsTest:
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
    asked : ImportPlace or None
        The cell that asks for it, where that is not the one that it stands in.
    after : str
        The cell of the reference after which it is asked, where a later one changes what it asks
        for; else empty.
    """

    place: ImportPlace
    source: str
    title: str
    name: str
    points: float
    visible: bool
    hint: str = ""
    public_source: str = ""
    asked: ImportPlace | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class ByHand:
    """A part that a person grades; `answer` is the author's answer or mark scheme.

    `kind` says what students hand in for it: a text, a plot or code.
    """

    place: ImportPlace
    title: str
    points: float
    answer: str
    kind: AnswerKind = "text"


Part = TaskText | Code | AuthorsTest | ByHand


@dataclass(frozen=True, slots=True)
class Assignment:
    """One notebook, to become one exercise; `released` where its solution was taken out."""

    name: str
    title: str
    parts: tuple[Part, ...]
    findings: tuple[ImportFinding, ...]
    released: bool = False
