"""Where code stands, in words: a file by its name, a notebook's cell by its number."""

from __future__ import annotations

import re
from typing import Final

from grader.language import gettext_lazy as _

CELL: Final = re.compile(r"cell (\d+)")
"""What a notebook's cell is called; its group is the number."""


def place_in_words(place: str) -> str:
    """Return a file or a cell, as `Place.file` and `Listing.place` name it, for people to read."""
    found = CELL.fullmatch(place)
    return _("cell {number}", number=found[1]) if found else place
