"""The student's own lines: highlighted, with what is wrong told at the line that it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from grader.report.pages.environment import shown
from grader.result import Diagnosis, Listing

if TYPE_CHECKING:
    from pygments.lexer import Lexer

_CLASSES: Final = (
    ("Comment", "tc"),
    ("Keyword", "tk"),
    ("Operator.Word", "tk"),
    ("Literal.String", "ts"),
    ("Literal.Number", "tn"),
    ("Name.Function", "tf"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, its text as HTML, and the mistakes that are in it."""

    number: int
    html: Markup
    notes: tuple[Diagnosis, ...]


def lines(listing: Listing, diagnoses: Sequence[Diagnosis]) -> tuple[Line, ...]:
    """Return a function's lines, each with those of `diagnoses` that name it."""
    pieces = _highlighted(shown(listing.text))
    return tuple(
        Line(number, html, tuple(each for each in diagnoses if each.line == number))
        for number, html in enumerate(pieces, start=listing.first_line)
    )


def told(found: Iterable[Line]) -> frozenset[Diagnosis]:
    """Return the mistakes that stand at one of the lines."""
    return frozenset(note for line in found for note in line.notes)


def _highlighted(text: str) -> list[Markup]:
    """Return each line of Python text with its words marked by what they are."""
    rows: list[list[str]] = [[]]
    for kind, value in _lexer().get_tokens(text):
        name = str(kind).removeprefix("Token.")
        css = next((css for prefix, css in _CLASSES if name.startswith(prefix)), "")
        for index, part in enumerate(value.split("\n")):
            if index:
                rows.append([])
            if part:
                rows[-1].append(_piece(part, css))
    return [Markup("").join(Markup(piece) for piece in row) for row in rows]


def _piece(text: str, css: str) -> str:
    return str(
        Markup('<span class="{}">{}</span>').format(css, text) if css else Markup.escape(text)
    )


@cache
def _lexer() -> Lexer:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)
