"""The columns of two tables held against each other, value by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from grader.comparison import values
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.sandbox.child.tables.table import (
    ARRAY,
    CATEGORIES,
    DATES,
    FLAT,
    FRAME,
    INDEX,
    INTERVALS,
    MASKED,
    MOMENTS,
    NUMBERS,
    OBJECTS,
    PERIODS,
    RANGE,
    SPANS,
    TEXT,
    TIMES,
    Column,
    Labels,
    Table,
    described,
)
from grader.sandbox.child.tables.table_cells import cells, labels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Array: TypeAlias = "NDArray[Any]"
_WHOLE, _REAL, _TRUTH = _("whole numbers"), _("numbers"), _("truth values")
_COMPLEX, _TEXTS = _("complex numbers"), _("texts")
_MIXED: Final = _("values of several kinds")
_KINDS: Final = {
    TEXT: _TEXTS,
    SPANS: _("spans of time"),
    PERIODS: _("periods"),
    INTERVALS: _("intervals"),
    CATEGORIES: _("categories"),
    DATES: _("dates"),
    TIMES: _("times of day"),
}
_OF_DTYPE: Final = {"b": _TRUTH, "i": _WHOLE, "u": _WHOLE, "f": _REAL, "c": _COMPLEX}
_OF_CELL: Final = {
    bool: _TRUTH,
    int: _WHOLE,
    float: _REAL,
    str: _TEXTS,
    list: _("lists"),
    set: _("sets"),
}
_NUMBERS: Final = frozenset((_WHOLE, _REAL, _COMPLEX))
_FORMS: Final = {
    FRAME: _("a table (DataFrame)"),
    INDEX: _("an index (Index)"),
    ARRAY: _("an array of values"),
}
_EXACT: Final = 2.0**53


@dataclass(frozen=True, slots=True)
class Values:
    """A column as it is compared.

    Attributes
    ----------
    kind : str
        What it holds, in words.
    dtype : str
        What the library calls that.
    numbers : array of shape (rows,), or None
        Where it holds numbers, these; a missing one is NaN.
    cells : list
        All of them as plain Python has them; a missing one is None.
    """

    kind: str
    dtype: str
    numbers: _Array | None
    cells: list[Any]

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers, and no truth values."""
        return self.kind in _NUMBERS

    def taken(self, places: Any) -> Values:
        """Return the values at some places, in that order."""
        numbers = None if self.numbers is None else self.numbers[places]
        return Values(self.kind, self.dtype, numbers, [self.cells[place] for place in places])


def values_of(column: Column) -> Values:
    """Return a column as it is compared."""
    content = cells(column)
    numbers = None
    if column.kind in (NUMBERS, MASKED):
        array = np.asarray(column.values)
        kind = _OF_DTYPE[array.dtype.kind]
        if kind in _NUMBERS:
            numbers = _with_gaps(array, content)
    elif column.kind == OBJECTS:
        kinds = {type(cell) for cell in content if cell is not None}
        kind = _OF_CELL.get(kinds.pop(), _MIXED) if len(kinds) == 1 else _MIXED
        if kind in _NUMBERS and all(abs(cell or 0) < _EXACT for cell in content):
            numbers = np.array([np.nan if cell is None else cell for cell in content], float)
    elif column.kind == MOMENTS:
        kind = _("dates and times") if column.detail[1] is None else _("times in a time zone")
    else:
        kind = _KINDS[column.kind]
    return Values(kind, column.dtype, numbers, content)


def _with_gaps(array: _Array, content: list[Any]) -> _Array:
    gaps = np.array([cell is None for cell in content], dtype=bool)
    if array.dtype.kind in "iu" and not gaps.any():
        return array
    wide = array.astype(np.complex128 if array.dtype.kind == "c" else np.float64)
    wide[gaps] = np.nan
    return wide


def agree(actual: Values, expected: Values, tolerance: values.Tolerance) -> NDArray[np.bool_]:
    """Return where the values of two columns of one length agree; missing ones do."""
    if actual.numbers is not None and expected.numbers is not None:
        if actual.kind == expected.kind == _WHOLE and {
            actual.numbers.dtype.kind,
            expected.numbers.dtype.kind,
        } <= {"i", "u"}:
            return np.asarray(actual.numbers == expected.numbers)
        with np.errstate(all="ignore"):
            return tolerance.agree(actual.numbers.astype(_wide(actual)), expected.numbers)
    pairs = zip(actual.cells, expected.cells, strict=True)
    return np.array([same_cell(one, other, tolerance) for one, other in pairs], dtype=bool)


def _wide(column: Values) -> Any:
    complex_ones = column.numbers is not None and column.numbers.dtype.kind == "c"
    return np.complex128 if complex_ones else np.float64


def same_cell(actual: Any, expected: Any, tolerance: values.Tolerance) -> bool:
    """Return whether two single values are the same, numbers but for rounding."""
    if actual is None or expected is None:
        return actual is expected
    plain = (int, float, complex)
    if type(actual) in plain and type(expected) in plain:
        return bool(tolerance.agree(complex(actual), complex(expected)))
    if isinstance(expected, np.ndarray):
        expected = expected.tolist()
    if isinstance(actual, np.ndarray):
        actual = actual.tolist()
    if isinstance(expected, list | tuple):
        if type(actual) is not type(expected) or len(actual) != len(expected):
            return False
        pairs = zip(actual, expected, strict=True)
        return all(same_cell(one, other, tolerance) for one, other in pairs)
    if isinstance(expected, dict):
        if not isinstance(actual, dict) or set(actual) != set(expected):
            return False
        return all(same_cell(actual[key], expected[key], tolerance) for key in expected)
    if isinstance(expected, set | frozenset):
        return isinstance(actual, set | frozenset) and actual == expected
    return type(actual) is type(expected) and bool(actual == expected)


def row_labels(labels: Labels | None, rows: int) -> list[Any]:
    """Return what rows are called; by their numbers where they have no names."""
    return list(range(rows)) if labels is None else labels_of(labels)


def table_of(value: Any) -> Table | None:
    """Return a value as a table, also a dictionary of columns; None where it is none."""
    if not isinstance(value, Mapping):
        return described(value)
    columns = tuple(_plain_column(list(column)) for column in value.values())
    lengths = {len(column) for column in columns}
    if len(lengths) > 1:
        raise ValueError(f"the columns have different lengths: {sorted(lengths)}")
    names = Column(OBJECTS, (), list(value))
    header = Labels(FLAT, (None,), levels=(names,))
    index = Labels(RANGE, (None,), (0, max(lengths, default=0), 1))
    return Table("", FRAME, index, header, columns)


def _plain_column(items: Sequence[Any]) -> Column:
    kinds = {type(item) for item in items}
    if kinds and kinds <= {int, float}:
        return Column(NUMBERS, (), np.array(items))
    if kinds == {bool}:
        return Column(NUMBERS, (), np.array(items))
    if kinds and kinds <= {str, type(None)}:
        missing = np.array([item is None for item in items])
        return Column(TEXT, ("str", "nan"), [item or "" for item in items], missing)
    return Column(OBJECTS, (), list(items))


def form_in_words(form: str) -> str:
    """Return what a form of table is called, as in `a table (DataFrame)`."""
    return _FORMS.get(form, _("a column (Series)"))
