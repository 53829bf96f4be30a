"""Which names a course may use, and the right name nearest to a mistyped one."""

from __future__ import annotations

import keyword
from collections.abc import Collection

LONGEST = 64
SHARED = "shared"
"""Not an exercise's name: `solutions/shared.py` holds what the course's files share."""
DATA = "data"
"""The folder in `exercises/` whose files submissions may read."""
FILE_PREFIXES = ("check_", "misconceptions_")


def is_file_name(name: str) -> bool:
    """Whether a course or an exercise may have this name: it becomes part of file names."""
    return name.isascii() and is_python_name(name) and len(name) <= LONGEST


def is_python_name(name: str) -> bool:
    """Whether Python code can define or import this name as it is written here."""
    if not name.isidentifier() or keyword.iskeyword(name):
        return False
    if name.isascii():
        return True
    from unicodedata import normalize

    # Python normalizes what it reads, so another spelling would never be found in a module.
    return normalize("NFKC", name) == name


def nearest(name: str, options: Collection[str]) -> str | None:
    """Return the option that `name` most looks like, or None when it looks like none.

    Examples
    --------
    >>> nearest("exercize3", ["exercise1", "exercise3"])
    'exercise3'
    """
    from difflib import get_close_matches

    by_folded = {option.casefold(): option for option in options}
    matches = get_close_matches(name[: 2 * LONGEST].casefold(), by_folded, n=1)
    return by_folded[matches[0]] if matches else None
