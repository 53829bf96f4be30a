"""The rows of a report: signs that the console can write, wrapping, and safe text."""

from __future__ import annotations

import re

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from grader.quick_dataclass import dataclass
from grader.report.arrangement import FunctionState
from grader.report.flowing import wrapped
from grader.report.line_breaks import HELD, has_wide
from grader.report.safe_text import visible

# An index or a short row such as [0, 1] stays in one piece.
_INDEX = re.compile(r"\[[\d:., -]{1,24}\]")


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The signs that the report draws with."""

    marks: dict[FunctionState, str]
    rule: str
    full: str
    empty: str
    bar: str
    quote: str
    item: str
    cut: str


UNICODE = Glyphs(
    marks=dict(zip(FunctionState, "✓✗○○!", strict=True)),
    rule="─",
    full="━",
    empty="─",
    bar="┃",
    quote="│",
    item="·",
    cut="…",
)
ASCII = Glyphs(
    marks=dict(zip(FunctionState, "+xoo!", strict=True)),
    rule="-",
    full="#",
    empty=".",
    bar="|",
    quote="|",
    item="-",
    cut="...",
)


def can_draw(console: Console) -> bool:
    """Whether signs, bars and tables are of use: on a terminal that is not asked for words."""
    return console.is_terminal and not console.is_dumb_terminal and not console.no_color


class Page:
    """The report's rows: each fits the width, and begins with a sign or blank of our own."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.width = max(console.width, 20)
        self.rows: list[Text] = []
        try:
            "".join((*UNICODE.marks.values(), "─━┃│·…")).encode(console.encoding)
            self.glyphs = UNICODE
        except UnicodeEncodeError:
            self.glyphs = ASCII

    def safe(self, text: str, *, lines: bool = False) -> str:
        """Return `text` with whatever could act on the terminal spelled as escapes."""
        return visible(text, self.console.encoding, lines=lines)

    def fit(self, text: str, width: int) -> str:
        """Return `text` cut or padded to exactly `width` cells."""
        if cell_len(text) <= width:
            return set_cell_size(text, width)
        cut = self.glyphs.cut
        return set_cell_size(set_cell_size(text, max(width - len(cut), 0)) + cut, width)

    def held(self, text: str) -> str:
        """Return a short text so that it stays in one piece where it is wrapped."""
        return text.replace(" ", HELD)

    def blank(self) -> None:
        """Add an empty row."""
        self.rows.append(Text())

    def wrapped(self, text: Text, margin: int) -> list[Text]:
        """Return `text` as rows that leave room for a margin."""
        held = text.copy()
        held.plain = _INDEX.sub(lambda match: self.held(match[0]), text.plain)
        room = self.width - margin
        if has_wide(held.plain):
            rows = list(wrapped(held, room))
        else:
            rows = list(held.wrap(self.console, room, overflow="fold"))
        for row in rows:
            row.plain = row.plain.replace(HELD, " ")
        return rows

    def write(self, text: Text, first: Text | str = "", rest: Text | str | None = None) -> None:
        """Add `text`, wrapped, behind `first` in its first row and `rest` in the others."""
        begin = Text() + first
        follow = Text(" " * begin.cell_len) if rest is None else Text() + rest
        for row in self.wrapped(text, max(begin.cell_len, follow.cell_len)):
            self.rows.append(begin + row)
            begin = follow

    def spread(self, first: Text, left: Text, right: Text) -> None:
        """Add `left` behind `first`, and `right` at the page's right edge or in the next row."""
        self.write(left, first)
        gap = self.width - self.rows[-1].cell_len - right.cell_len
        if gap >= 2:
            self.rows[-1] = self.rows[-1] + " " * gap + right
        elif right:
            self.write(right, " " * first.cell_len)

    def print(self) -> None:
        """Write all rows on the console."""
        for row in self.rows:
            row.rstrip()
        self.console.print(Text("\n").join(self.rows), soft_wrap=True)
