"""The student's own lines: highlighted, with what is wrong told at the line that it is about."""

from __future__ import annotations

import html
import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from markupsafe import Markup

from grader.quick_dataclass import dataclass
from grader.report.pages.texts import shown
from grader.result import Diagnosis, Listing, Place
from grader.text.literals import STRING

# comments, strings, names, keywords and numbers: enough to read by, at a small part of what a
# whole lexer costs for a class
_WORDS: Final = re.compile(
    r"(?P<c>#[^\n]*)"
    rf"|(?P<s>(?:\b[rbfuRBFU]{{1,2}})?(?:{STRING}))"
    r"|(?P<f>(?<=\bdef )\w+)"
    rf"|(?P<k>\b(?:{'|'.join(keyword.kwlist)})\b)"
    r"|(?P<n>(?<![\w.])\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?j?)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One line: its number, its text with its words marked, and the mistakes that are in it."""

    number: int
    text: Markup
    notes: tuple[Diagnosis, ...]


def lines(listing: Listing, diagnoses: Sequence[Diagnosis]) -> tuple[CodeLine, ...]:
    """Return a function's lines, each with those of `diagnoses` that name it.

    The parts that have to be changed are underlined.
    """
    here = [each for each in diagnoses if not each.places or each.places[0].file == listing.place]
    parts: dict[int, list[Place]] = {}
    for place in dict.fromkeys(place for each in here for place in each.places):
        parts.setdefault(place.line - listing.first_line, []).append(place)
    pieces = _highlighted(shown(listing.text), parts)
    return tuple(
        CodeLine(number, text, tuple(each for each in here if each.line == number))
        for number, text in enumerate(pieces, start=listing.first_line)
    )


def part(place: Place) -> Markup:
    """Return the line of a part that has to be changed, with that part underlined."""
    text = shown(place.text)
    return _highlighted(text, {0: [place]})[0]


def told(found: Iterable[CodeLine]) -> frozenset[Diagnosis]:
    """Return the mistakes that stand at one of the lines."""
    return frozenset(note for line in found for note in line.notes)


def _highlighted(text: str, parts: Mapping[int, Sequence[Place]]) -> list[Markup]:
    """Return each line of Python text with its words marked by what they are.

    `parts` are underlined, by the number of their row.
    """
    rows: list[list[tuple[str, str]]] = [[]]
    end = 0
    for word in _WORDS.finditer(text):
        for piece, css in ((text[end : word.start()], ""), (word[0], f"t{word.lastgroup}")):
            first, *others = piece.split("\n")
            rows[-1].append((first, css))
            rows += [[(other, css)] for other in others]
        end = word.end()
    first, *others = text[end:].split("\n")
    rows[-1].append((first, ""))
    rows += [[(other, "")] for other in others]
    return [
        Markup("".join(_piece(*piece) for piece in row))  # made of escaped pieces
        if number not in parts
        else Markup(_underlined(row, parts[number]))
        for number, row in enumerate(rows)
    ]


def _underlined(row: Sequence[tuple[str, str]], places: Sequence[Place]) -> str:
    """Return a line of pieces, those underlined that are in one of the places."""
    cuts = sorted({column for place in places for column in (place.column, place.end_column)})
    result = ""
    start = 0
    for text, css in row:
        inner = [cut - start for cut in cuts if start < cut < start + len(text)]
        for first, last in pairwise([0, *inner, len(text)]):
            piece = _piece(text[first:last], css)
            wrong = any(
                place.column <= start + first and start + last <= place.end_column
                for place in places
            )
            result += f'<span class="wrong-part">{piece}</span>' if wrong and piece else piece
        start += len(text)
    return result


def _piece(text: str, css: str) -> str:
    plain = html.escape(text)
    return f'<span class="{css}">{plain}</span>' if css and text else plain
