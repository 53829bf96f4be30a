"""Tables as columns: what a DataFrame, a Series or an Index is without the library that made it.

A value is described as a `Table`, crosses as one (`table_wire`), and is built anew on the other
side by the same library, where that is installed there. Nothing here imports a library that is not
imported already.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from ..libraries import imported, kind_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Array: TypeAlias = "NDArray[Any]"

LIBRARIES: Final = ("pandas", "polars")
FRAME, SERIES, INDEX, ARRAY = "frame", "series", "index", "array"
NUMBERS, MASKED, TEXT, OBJECTS = "numbers", "masked", "text", "objects"
MOMENTS, SPANS, PERIODS, INTERVALS = "moments", "spans", "periods", "intervals"
CATEGORIES, DATES, TIMES = "categories", "dates", "times"
RANGE, FLAT, LEVELS = "range", "flat", "levels"
_FORMS: Final = (
    (FRAME, ("DataFrame",)),
    (SERIES, ("Series",)),
    (INDEX, ("Index",)),
    (ARRAY, ("api", "extensions", "ExtensionArray")),
)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One column: values of one kind, all there or some of them missing.

    Attributes
    ----------
    kind : str
        `numbers` (also bools), `masked` (numbers some of which may be missing), `text`, `objects`
        (any values of the closed set), `moments`, `spans` and `periods` (integers that count units
        of time), `intervals`, `categories` (codes), `dates`, `times`.
    detail : tuple
        What else is needed: of `text` the dtype, of `moments` the unit and the time zone, of
        `spans` and `times` the unit, of `periods` the frequency, of `intervals` the closed side, of
        `categories` whether they are ordered.
    values : array of shape (rows,), or list
        A list for `text` and `objects`.
    missing : array of bool of shape (rows,), or None
        Where values are missing, for kinds whose values do not say it themselves.
    parts : tuple of Column
        The categories, or the left and right ends of intervals.
    """

    kind: str
    detail: tuple[Any, ...]
    values: _Array | list[Any]
    missing: NDArray[np.bool_] | None = None
    parts: tuple[Column, ...] = ()

    def __len__(self) -> int:
        return len(self.parts[0]) if self.kind == INTERVALS else len(self.values)

    @property
    def dtype(self) -> str:
        """What it is called: `float64`, `Int64`, `str`, `datetime64[ns, UTC]`, `category`."""
        if self.kind in (NUMBERS, MASKED):
            name = str(np.asarray(self.values).dtype)
            plain = name if self.kind == NUMBERS or name != "bool" else "boolean"
            masked = plain.capitalize().replace("Ui", "UI")
            return masked if self.kind == MASKED and name != "bool" else plain
        if self.kind == TEXT:
            return str(self.detail[0])
        if self.kind == MOMENTS:
            unit, zone = self.detail
            where = "" if zone is None else f", {zone_name(zone)}"
            return f"datetime64[{unit}{where}]"
        if self.kind == SPANS:
            return f"timedelta64[{self.detail[0]}]"
        if self.kind == PERIODS:
            return f"period[{self.detail[0]}]"
        if self.kind == INTERVALS:
            return f"interval[{self.parts[0].dtype}, {self.detail[0]}]"
        names = {CATEGORIES: "category", OBJECTS: "object", DATES: "date", TIMES: "time"}
        return names[self.kind]


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """What the rows, or the columns, of a table are called.

    Attributes
    ----------
    kind : str
        `range` (counted by `bounds`: start, stop, step), `flat` (one level), or `levels`.
    names : tuple
        A name for each level; None without one.
    levels : tuple of Column
        The labels; for `levels` the distinct ones of each level.
    codes : tuple of arrays of int of shape (rows,)
        For each of several levels the positions of the labels; -1 where one is missing.
    frequency : str
        That of moments which follow each other evenly; empty without one.
    """

    kind: str
    names: tuple[Any, ...]
    bounds: tuple[int, int, int] = (0, 0, 1)
    levels: tuple[Column, ...] = ()
    codes: tuple[_Array, ...] = ()
    frequency: str = ""

    def __len__(self) -> int:
        if self.kind == RANGE:
            return len(range(*self.bounds))
        return len(self.codes[0] if self.kind == LEVELS else self.levels[0])


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A table, a column by itself, an index, or an array of a library's own kind.

    Attributes
    ----------
    library : str
        `pandas` or `polars`.
    form : str
        `frame`, `series`, `index` or `array`.
    index : Labels or None
        What the rows are called; None where they have no names.
    header : Labels or None
        What the columns are called; for a series its name, as one label's name.
    columns : tuple of Column
        As many as the header has labels; of a series or an array the one.
    """

    library: str
    form: str
    index: Labels | None = None
    header: Labels | None = None
    columns: tuple[Column, ...] = field(default=())

    @property
    def rows(self) -> int:
        """The number of rows."""
        if self.index is not None:
            return len(self.index)
        return len(self.columns[0]) if self.columns else 0

    @property
    def shape(self) -> tuple[int, ...]:
        """The numbers of rows and columns; of all but a frame the number of rows."""
        return (self.rows, len(self.columns)) if self.form == FRAME else (self.rows,)

    def __repr__(self) -> str:
        what = {FRAME: "table", SERIES: "column", INDEX: "index", ARRAY: "array"}[self.form]
        size = " × ".join(map(str, self.shape))
        return f"<a {what} of {self.library}, {size}>"


_PLAIN: Final = frozenset(
    (type(None), bool, int, float, complex, str, bytes, list, tuple, dict, np.ndarray)
)
"""Nearly all values: that they are no tables is seen at once."""


def zone_name(zone: str | int) -> str:
    """Return what a time zone is called: by its name, or by its minutes before UTC."""
    if isinstance(zone, str):
        return zone
    return f"UTC{'-' if zone < 0 else '+'}{abs(zone) // 3600:02}:{abs(zone) % 3600 // 60:02}"


def library_of(value: object) -> str:
    """Return the library whose table, column, index or array a value is; empty for any other."""
    if type(value) in _PLAIN:
        return ""
    if isinstance(value, Table):
        return value.library
    for name in LIBRARIES:
        if any(isinstance(value, kind_in(name, *path)) for _, path in _FORMS):
            return name
    return ""


def form_of(value: object) -> str:
    """Return the form of a table, column, index or array of a library; empty for any other."""
    if type(value) in _PLAIN:
        return ""
    if isinstance(value, Table):
        return value.form
    for name in LIBRARIES:
        for form, path in _FORMS:
            if isinstance(value, kind_in(name, *path)):
                return form
    return ""


def described(value: object) -> Table | None:
    """Return what a value of a library is; None where it is no table, nor any part of one.

    Raises
    ------
    ValueError
        It holds what has no description; the text says what, in a student's words.
    """
    if isinstance(value, Table):
        return value
    library = library_of(value)
    if not library:
        return None
    if library == "pandas":
        from . import pandas_tables

        return pandas_tables.described(value)
    from . import polars_tables

    return polars_tables.described(value)


def built(table: Table) -> Any:
    """Return a description as a value of its library; as it is where that is not installed.

    Raises
    ------
    ValueError
        The description cannot be one of what the library has made.
    """
    if imported(table.library) is None:
        return table
    if table.library == "pandas":
        from . import pandas_tables

        return pandas_tables.built(table)
    from . import polars_tables

    return polars_tables.built(table)
