"""Tables in a line of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from grader.comparison.set_words import written
from grader.language import enumerated, ngettext_lazy
from grader.language import gettext_lazy as _
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
    if table.form == INDEX:
        return ngettext_lazy(
            "an index of {count:,} value", "an index of {count:,} values", table.rows
        )
    if table.form == ARRAY:
        return ngettext_lazy(
            "an array of {count:,} value", "an array of {count:,} values", table.rows
        )
    if table.form != FRAME:
        return ngettext_lazy(
            "a column of {count:,} value", "a column of {count:,} values", table.rows
        )
    names = labels_of(table.header)
    rows, columns = counted_rows(table.rows), _counted_columns(len(names))
    if not names:
        return _("a table of {rows} and {columns}", rows=rows, columns=columns)
    text = _("a table of {rows} and {columns} ({names})")
    return text.format(rows=rows, columns=columns, names=listed(names))


def counted_rows(number: int) -> str:
    """Return a number of rows, as in `1 row` and `2 rows`."""
    return ngettext_lazy("{count:,} row", "{count:,} rows", number)


def _counted_columns(number: int) -> str:
    return ngettext_lazy("{count:,} column", "{count:,} columns", number)


def listed(names: Sequence[Any], most: int = _MOST_NAMES) -> str:
    """Return the first of some names, and how many more there are."""
    return enumerated(list(map(shown_name, names[:most])), len(names) - most)


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
