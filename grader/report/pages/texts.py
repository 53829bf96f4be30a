"""Texts that others wrote, as a page shows them: nothing acts, and their length is bounded."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from grader.language import gettext as _
from grader.language import translated
from grader.report.safe_text import visible

LONGEST_LINE: Final = 2_000
_MAX_CHARACTERS: Final = 20_000
_NON_JOINER: Final = "\u200c"  # the spelling of Persian names needs it; it reorders nothing


def shown(text: str, most: int = _MAX_CHARACTERS, *, lines: bool = True) -> str:
    """Return `text` as people may read it: nothing acts on the page, and its length is bounded."""
    text = translated(text)
    cut = len(text) - most
    if cut > 0:
        text = text[:most]
    plain = "\n".join(map(_short, visible(text, lines=lines).split("\n")))
    return _cut_text(plain, cut) if cut > 0 else plain


def last(text: str, most: int = _MAX_CHARACTERS) -> str:
    """Return the end of a text, with a word on what was before it."""
    text = text.strip("\r\n")
    cut = len(text) - most
    end = shown(text[-most:])
    return _("({count:,} characters before this) …{end}", count=cut, end=end) if cut > 0 else end


def name_shown(name: str) -> Markup:
    """Return a person's or a file's name in one short line."""
    parts = [shown(part, 200, lines=False) for part in name[:400].split(_NON_JOINER)]
    return Markup.escape(_NON_JOINER.join(parts))


def _short(line: str) -> str:
    rest = len(line) - LONGEST_LINE
    return _cut_text(line[:LONGEST_LINE], rest) if rest > 0 else line


def _cut_text(text: str, more: int) -> str:
    return _("{beginning} … ({count:,} more characters)", beginning=text, count=more)
