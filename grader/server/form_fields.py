"""What stands in the fields of forms."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 18  # digits that a number in the database may have


def number_in(text: str) -> int:
    """Return the number of a row; 0, which no row has, for any other text."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST else 0
