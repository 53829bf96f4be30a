"""What a value is, in words for students."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from grader.comparison.table_words import size_in_words
from grader.language import gettext_lazy as _
from grader.language import ngettext_lazy
from grader.sandbox.child.figures.figure import Axes, Figure
from grader.sandbox.child.tables.table import described

_LONGEST: Final = 50


def kind_in_words(value: Any) -> str:
    """Return of what kind a value is, with its size, as in `a list of 3`."""
    if isinstance(value, Figure | Axes):
        charts = len(value.axes) if isinstance(value, Figure) else 1
        return ngettext_lazy(
            "a figure with {count:,} chart", "a figure with {count:,} charts", charts
        )
    if value is None:
        return _("None (is a `return` missing?)")
    table = described(value)
    if table is not None:
        return size_in_words(table)
    if isinstance(value, np.ndarray):
        text = _("an array of {dtype}, shape {shape}")
        return text.format(dtype=value.dtype, shape=value.shape)
    kind = type(value).__name__
    if isinstance(value, (bool, int, float, complex)):
        return _("the {type} {value}", type=kind, value=repr(value)[:_LONGEST])
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return _("a {type} of {count}", type=kind, count=len(value))
    return _("a {type}", type=kind)
