"""Text from a submission or a check as Markdown that shows it and does nothing else."""

from __future__ import annotations

import html
import re
from typing import Final

from grader.language import translated

_CONTROL: Final = re.compile(r"[^\n\t\x20-\x7e\xa0-\ud7ff\ue000-\U0010ffff]")
_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]()#+!|~$-])")
_LONGEST: Final = 4_000


def inline(text: str) -> str:
    """Return text in one line that Markdown, HTML and MathJax leave as it is."""
    plain = _CONTROL.sub("", translated(text)[:_LONGEST].replace("\n", " "))
    return html.escape(_SPECIAL.sub(r"\\\1", plain), quote=False)


def fenced(text: str) -> str:
    """Return text as a block of code that nothing in it can end."""
    plain = _CONTROL.sub("", translated(text)[:_LONGEST]).strip("\n")
    longest = max(map(len, re.findall("`+", plain)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{plain}\n{fence}"
