"""Help texts, wrapped and aligned by the cells that they take: Chinese takes two a character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import click

from grader.language import gettext as _
from grader.report.line_breaks import break_offsets, has_wide

_AS_IT_IS = "\b"


class HelpFormatter(click.HelpFormatter):
    """Click's formatter, which counts characters, for all that is not Chinese or its kin."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write how a command is called."""
        prefix = _("Usage: ") if prefix is None else prefix
        if not has_wide(prefix + args):
            super().write_usage(prog, args, prefix)
            return
        first = f"{prefix}{prog} "
        rows = _wrapped(args, self.width - _cells(first)) or [""]
        self.write(f"{first}{rows[0]}".rstrip() + "\n")
        for row in rows[1:]:
            self.write(f"{' ' * _cells(first)}{row}\n")

    def write_heading(self, heading: str) -> None:
        """Write a heading above what is set in."""
        self.write(" " * self.current_indent + _("{heading}:", heading=heading) + "\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        if not has_wide(text):
            super().write_text(text)
            return
        margin = " " * self.current_indent
        paragraphs = _paragraphs(text, self.width - self.current_indent)
        self.write("\n\n".join(_set_in(rows, margin) for rows in paragraphs) + "\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a list of options or commands, and what each is."""
        rows = list(rows)
        if not any(has_wide(first + second) for first, second in rows):
            super().write_dl(rows, col_max, col_spacing)
            return
        left = min(max(_cells(first) for first, _second in rows), col_max) + col_spacing
        begin = " " * (self.current_indent + left)
        room = max(self.width - left - 2, 10)
        for first, second in rows:
            texts = [row for part in _paragraphs(second, room) for row in part]
            head = " " * self.current_indent + first
            gap = left - _cells(first)
            if gap >= col_spacing and texts:
                head += " " * gap + texts.pop(0)
            self.write("\n".join([head, *(begin + row for row in texts)]) + "\n")


class Context(click.Context):
    """The context of a call, whose help is formatted by cells."""

    formatter_class = HelpFormatter


def _paragraphs(text: str, width: int) -> Iterator[list[str]]:
    """Yield each paragraph's rows; one behind a backspace stays as it is, as click has it."""
    for part in text.split("\n\n"):
        lines = part.split("\n")
        if lines[0].strip() == _AS_IT_IS:
            yield lines[1:]
        else:
            yield _wrapped(" ".join(line.strip() for line in lines if line.strip()), width)


def _wrapped(text: str, width: int) -> list[str]:
    places = [0, *break_offsets(text, width), len(text)]
    return [text[start:end].rstrip() for start, end in pairwise(places)]


def _set_in(rows: Iterable[str], margin: str) -> str:
    return "\n".join(f"{margin}{row}" for row in rows)


def _cells(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
