"""What a value is, in words for students."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.comparison.table_words import counted, size_in_words
from grader.sandbox.child.figures.figure import Axes, Figure
from grader.sandbox.child.tables.table import described


def kind_in_words(value: Any) -> str:
    """Return of what kind a value is, with its size, as in `a list of 3`."""
    if isinstance(value, Figure | Axes):
        charts = len(value.axes) if isinstance(value, Figure) else 1
        return f"a figure with {counted(charts, 'chart')}"
    if value is None:
        return "None (is a `return` missing?)"
    table = described(value)
    if table is not None:
        return size_in_words(table)
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype}, shape {value.shape}"
    if isinstance(value, (bool, int, float, complex)):
        return f"the {type(value).__name__} {value!r}"[:60]
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"
