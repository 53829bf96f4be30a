"""The student's own lines: highlighted, with what is wrong told at the line that it is about."""

from __future__ import annotations

import html
import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from grader.report.pages.environment import shown
from grader.result import Diagnosis, Listing

_STRING: Final = (
    "|".join(rf"{quotes}(?:[^\\]|\\.)*?(?:{quotes}|\Z)" for quotes in (r'"""', "'''"))
    + "|"
    + "|".join(rf"{quote}(?:[^{quote}\\\n]|\\.)*{quote}?" for quote in ('"', "'"))
)
# comments, strings, names, keywords and numbers: enough to read by, at a small part of what a
# whole lexer costs for a class
_WORDS: Final = re.compile(
    r"(?P<c>#[^\n]*)"
    rf"|(?P<s>(?:\b[rbfuRBFU]{{1,2}})?(?:{_STRING}))"
    r"|(?P<f>(?<=\bdef )\w+)"
    rf"|(?P<k>\b(?:{'|'.join(keyword.kwlist)})\b)"
    r"|(?P<n>(?<![\w.])\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?j?)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number, its text with its words marked, and the mistakes that are in it."""

    number: int
    text: Markup
    notes: tuple[Diagnosis, ...]


def lines(listing: Listing, diagnoses: Sequence[Diagnosis]) -> tuple[Line, ...]:
    """Return a function's lines, each with those of `diagnoses` that name it."""
    pieces = _highlighted(shown(listing.text))
    return tuple(
        Line(number, text, tuple(each for each in diagnoses if each.line == number))
        for number, text in enumerate(pieces, start=listing.first_line)
    )


def told(found: Iterable[Line]) -> frozenset[Diagnosis]:
    """Return the mistakes that stand at one of the lines."""
    return frozenset(note for line in found for note in line.notes)


def _highlighted(text: str) -> list[Markup]:
    """Return each line of Python text with its words marked by what they are."""
    rows = [""]
    end = 0
    for word in _WORDS.finditer(text):
        for part, css in ((text[end : word.start()], ""), (word[0], f"t{word.lastgroup}")):
            first, *others = part.split("\n")
            rows[-1] += _piece(first, css)
            rows += [_piece(other, css) for other in others]
        end = word.end()
    first, *others = text[end:].split("\n")
    rows[-1] += _piece(first, "")
    rows += [_piece(other, "") for other in others]
    return [Markup(row) for row in rows]  # made of escaped pieces


def _piece(text: str, css: str) -> str:
    plain = html.escape(text)
    return f'<span class="{css}">{plain}</span>' if css and text else plain
