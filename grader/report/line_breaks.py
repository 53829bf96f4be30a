"""Where a line may be broken: between words, and between the characters of Chinese and its kin.

Rich and click break between blanks alone, and Chinese has none within a sentence. Here a line ends
after any of its characters, but no punctuation begins a line that belongs to the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

HELD: Final = "\ue000"
"""What stands for a blank that no line is broken at; `visible` lets no text have it."""
_CLOSING: Final = frozenset("，。、：；！？）】》〉」』”’…—·％,.:;!?)]}%")
_OPENING: Final = frozenset("（【《〈「『“‘([{")


def break_offsets(text: str, width: int) -> list[int]:
    """Return where to break one line of text, so that no part is wider than `width` cells."""
    from rich.cells import cell_len

    offsets = []
    taken = 0
    for start, end in _pieces(text):
        piece = text[start:end]
        size = cell_len(piece.rstrip())
        if taken and taken + size > width:
            offsets.append(start)
            taken = 0
        if size <= width:
            taken += cell_len(piece)
            continue
        for place, character in enumerate(piece, start):  # longer than any line
            cells = cell_len(character)
            if taken and taken + cells > width and not character.isspace():
                offsets.append(place)
                taken = 0
            taken += cells
    return offsets


def has_wide(text: str) -> bool:
    """Whether a text has characters that take two cells."""
    return not text.isascii() and any(map(is_wide, text))


def is_wide(character: str) -> bool:
    """Whether a character takes two cells."""
    import unicodedata  # not for English

    return unicodedata.east_asian_width(character) in "WF"


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    """Yield the parts of a text that stay in one piece, with the blanks after each."""
    start = 0
    for place in range(1, len(text)):
        if _may_break(text[place - 1], text[place]):
            yield start, place
            start = place
    if text:
        yield start, len(text)


def _may_break(before: str, after: str) -> bool:
    if after.isspace() or HELD in (before, after):
        return False
    if before.isspace():
        return True
    if after in _CLOSING or before in _OPENING:
        return False
    return is_wide(before) or is_wide(after)
