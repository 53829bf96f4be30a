"""Takes sessions apart when the site is built: a copy button copies what is typed, and only that.

A block of `$ command` lines and their output, or of `>>> ` lines and theirs, becomes a block for
each thing that is typed, without its prompt, and one that cannot be copied for what it prints.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any

_BLOCK = re.compile(
    r"^(?P<margin> *)```(?P<language>console|python)\n(?P<text>.*?)^ *```$", re.M | re.S
)
_PROMPTS = {"console": ("$ ",), "python": (">>> ", "... ")}
_TYPED_AS = {"console": "sh", "python": "python"}


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace every session of a page."""
    return _BLOCK.sub(lambda found: "\n".join(_apart(found)), markdown)


def _apart(found: re.Match[str]) -> Iterator[str]:
    margin, language = found["margin"], found["language"]
    lines = [line.removeprefix(margin) for line in found["text"].splitlines()]
    prompts = _PROMPTS[language]
    first = prompts[0]
    if not lines or not lines[0].startswith(first):
        yield found[0]
        return
    for number, (typed, group) in enumerate(groupby(lines, lambda each: each.startswith(prompts))):
        if number:
            yield ""
        yield (
            f"{margin}```{{ .{_TYPED_AS[language]} }}"
            if typed
            else f"{margin}```{{ .text .no-copy }}"
        )
        yield from (f"{margin}{line[len(first) :] if typed else line}".rstrip() for line in group)
        yield f"{margin}```"
