"""How the values of one column differ from the right ones, in words for students."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from grader.comparison import values
from grader.comparison.number_words import off
from grader.comparison.table_columns import Values, agree
from grader.comparison.table_rows import rows_apart
from grader.comparison.table_words import shown_name
from grader.language import gettext_lazy as _
from grader.language import joined, ngettext_lazy
from grader.quick_dataclass import dataclass

_MAX_ROWS: Final = 6
_MOST_COLUMNS: Final = 50


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts in a comparison; see `Compare.table`."""

    order: bool
    column_order: bool
    dtypes: bool
    index: bool
    tolerance: values.Tolerance
    visible: bool


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """Two columns that are called alike; `name` is empty for what is one column by itself."""

    name: str
    found: Values
    right: Values

    def called(self, table: str) -> str:
        """Return what a sentence about them begins with; the table's name for the only column."""
        return _("Column {name}", name=self.name) if self.name else table


def column_difference(
    pair: ColumnPair, pairs: Sequence[ColumnPair], labels: Sequence[Any], table: str, rules: Rules
) -> str:
    """Return which values of a column are wrong, and what is seen in them; empty for none.

    Parameters
    ----------
    pair : ColumnPair
    pairs : sequence of ColumnPair
        All columns of both tables.
    labels : sequence
        What the rows are called.
    table : str
        What the table is called.
    rules : Rules
    """
    right = agree(pair.found, pair.right, rules.tolerance)
    wrong = np.flatnonzero(~right).tolist()
    if not wrong:
        return ""
    lines: list[str] = [
        ngettext_lazy(
            "{name}: {wrong:,} of {count:,} values are wrong.",
            "{name}: {wrong:,} of {count:,} values are wrong.",
            len(right),
            name=pair.called(table),
            wrong=len(wrong),
        )
    ]
    for place in wrong[:_MAX_ROWS]:
        row, what = shown_name(labels[place]), _value(pair, place, rules.visible)
        lines.append("  " + _("in row {row} it {what}", row=row, what=what))
    if len(wrong) > _MAX_ROWS:
        further = len(wrong) - _MAX_ROWS
        lines.append("  " + ngettext_lazy("and {count:,} more", "and {count:,} more", further))
    hint = _hint(pair, wrong, pairs, rules)
    if hint:
        lines.append("  (" + hint + ")")
    return joined(*lines, separator="\n")


def _value(pair: ColumnPair, place: int, visible: bool) -> str:
    value, needed = pair.found.cells[place], pair.right.cells[place]
    if visible:
        if value is None:
            return _("is missing, expected {right}", right=_shown(needed))
        if needed is None:
            return _("is {value}, expected missing", value=_shown(value))
        return _("is {value}, expected {right}", value=_shown(value), right=_shown(needed))
    if value is None:
        return _("is missing, and should not be")
    if needed is None:
        return _("is {value}, and should be missing", value=_shown(value))
    if pair.found.numbers is not None and pair.right.numbers is not None and np.isfinite(value):
        return off(value, needed)
    return _("is {value}", value=_shown(value))


def _hint(pair: ColumnPair, wrong: Sequence[int], pairs: Sequence[ColumnPair], rules: Rules) -> str:
    """Return what is seen in the wrong values together."""
    texts = [(pair.found.cells[place], pair.right.cells[place]) for place in wrong]
    if all(isinstance(one, str) and isinstance(two, str) for one, two in texts):
        if all(one.strip() == two.strip() for one, two in texts):
            return _("They differ in spaces at the start or the end only.")
        if all(one.strip().casefold() == two.strip().casefold() for one, two in texts):
            return _("They differ in capital letters only.")
    for other in pairs[:_MOST_COLUMNS]:
        if other is not pair and agree(pair.found, other.right, rules.tolerance).all():
            return _("It holds what column {name} should hold.", name=other.name)
    if len(wrong) == 1 or not rules.order:
        return ""
    moved = rows_apart([pair.found], [pair.right], rules.tolerance) == ([], [])
    return _("The values are right, but in other rows.") if moved else ""


def _shown(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else shown_name(value)
