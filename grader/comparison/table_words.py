"""Tables in a line of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from grader.comparison.set_words import written
from grader.sandbox.child.tables.table import ARRAY, FRAME, INDEX, RANGE, Column, Table
from grader.sandbox.child.tables.table_cells import cells, labels_of

_FEW: Final = 40  # cells, which are all shown
_MOST_NAMES: Final = 8
_LONGEST_NAME: Final = 40


def table_in_words(table: Table, longest: int) -> str:
    """Return a small table as one would write it down, and its size where that is too long.

    Examples
    --------
    >>> from grader.sandbox.child.tables.table import Column, Labels
    >>> names = Column("text", ("str", "nan"), ["a"])
    >>> header = Labels("flat", (None,), levels=(names,))
    >>> column = Column("objects", (), [1, 2])
    >>> table_in_words(Table("polars", "frame", None, header, (column,)), 80)
    "DataFrame({'a': [1, 2]})"
    """
    if table.rows * max(len(table.columns), 1) <= _FEW:
        text = _written(table)
        if len(text) <= longest:
            return text
    return size_in_words(table)


def size_in_words(table: Table) -> str:
    """Return how large a table is, and what its columns are called."""
    if table.form != FRAME:
        kind = {INDEX: "an index", ARRAY: "an array"}.get(table.form, "a column")
        return f"{kind} of {counted(table.rows, 'value')}"
    names = labels_of(table.header)
    size = f"{counted(table.rows, 'row')} and {counted(len(names), 'column')}"
    return f"a table of {size} ({listed(names)})" if names else f"a table of {size}"


def counted(number: int, what: str) -> str:
    """Return a number of things, as in `1 row` and `2 rows`."""
    first, _, rest = what.partition(" of ")
    return f"{number:,} {first}{'' if number == 1 else 's'}{rest and f' of {rest}'}"


def listed(names: Sequence[Any], most: int = _MOST_NAMES) -> str:
    """Return the first of some names, and how many more there are."""
    shown = ", ".join(shown_name(name) for name in names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def shown_name(name: Any) -> str:
    """Return what a column, a row or a value is called, in a line, cut."""
    if isinstance(name, tuple):
        return f"({', '.join(map(shown_name, name))})"
    if isinstance(name, set | frozenset):
        text = written(name)
    else:
        text = " ".join(repr(name).split()) if isinstance(name, str) else str(name)
    return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}..."


def _written(table: Table) -> str:
    if table.form == FRAME:
        names = labels_of(table.header)
        columns = [
            f"{name!r}: {_listed_cells(each)}"
            for name, each in zip(names, table.columns, strict=True)
        ]
        content = f"{{{', '.join(columns)}}}"
        return f"DataFrame({content}{_index(table)})"
    if table.form == INDEX:
        return f"Index({labels_of(table.index)})"
    content = _listed_cells(table.columns[0])
    return content if table.form == ARRAY else f"Series({content}{_index(table)})"


def _listed_cells(column: Column) -> str:
    shown = (written(cell) if isinstance(cell, set) else repr(cell) for cell in cells(column))
    return f"[{', '.join(shown)}]"


def _index(table: Table) -> str:
    if table.index is None or table.index.kind == RANGE:
        return ""
    return f", index={labels_of(table.index)}"
