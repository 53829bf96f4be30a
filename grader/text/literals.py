"""What a string of Python looks like, to code that reads more than Python can: an open one too."""

from __future__ import annotations

from typing import Final

STRING: Final = (
    "|".join(rf"{quotes}(?:[^\\]|\\.)*?(?:{quotes}|\Z)" for quotes in (r'"""', "'''"))
    + "|"
    + "|".join(rf"{quote}(?:[^{quote}\\\n]|\\.)*{quote}?" for quote in ('"', "'"))
)
"""A regular expression, with `re.DOTALL`, without the letters before the quotes."""
