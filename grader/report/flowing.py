"""Text on a console that is wrapped at any character where it is Chinese."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.containers import Lines
from rich.text import Text

from grader.report.line_breaks import break_offsets, has_wide

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod, OverflowMethod


class Flowing(Text):
    """A text that is wrapped at any character where it is Chinese, as in the cells of a table."""

    def wrap(
        self,
        console: Console,
        width: int,
        *,
        justify: JustifyMethod | None = None,
        overflow: OverflowMethod | None = None,
        tab_size: int = 8,
        no_wrap: bool | None = None,
    ) -> Lines:
        """Return the text as lines of at most `width` cells."""
        if no_wrap or self.no_wrap or not has_wide(self.plain):
            return super().wrap(
                console,
                width,
                justify=justify,
                overflow=overflow,
                tab_size=tab_size,
                no_wrap=no_wrap,
            )
        return wrapped(self, width)


def wrapped(text: Text, width: int) -> Lines:
    """Return a text as lines of at most `width` cells."""
    lines = Lines()
    for line in text.split(allow_blank=True):
        line.expand_tabs()
        pieces = line.divide(break_offsets(line.plain, width))
        for piece in pieces:
            piece.rstrip_end(width)
        lines.extend(pieces)
    return lines
