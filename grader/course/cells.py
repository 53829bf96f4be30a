"""Cells of a .py file: each begins with a line `# %%`, which may give it a name."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(r"# (?:%%+(?: +([^\[\n]*))?|In\[)")


def cell_mark(line: str) -> str | None:
    """Return the name of the cell that a line begins, empty for one without; None for no mark.

    Examples
    --------
    >>> cell_mark("# %% load [code]"), cell_mark("# In[3]:"), cell_mark("x = 1")
    ('load', '', None)
    """
    found = _MARK.match(line)
    return (found[1] or "").strip() if found else None


def named_cells(source: str) -> dict[str, int]:
    """Return for each cell of a file that has a name its last line, 0 for the file's end.

    Examples
    --------
    >>> named_cells("# %% first\\na = 1\\n# %% second\\na = 2\\n")
    {'first': 2, 'second': 0}
    """
    found: dict[str, int] = {}
    name = ""
    for number, line in enumerate(source.split("\n")):
        mark = cell_mark(line)
        if mark is not None:
            if name:
                found[name] = number
            name = mark
    if name:
        found[name] = 0
    return found
