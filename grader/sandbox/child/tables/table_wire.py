"""Tables as lists that msgpack packs, and back from lists that may hold anything."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from ..framing import WireError
from .moments import NoDescriptionError, are_periods, is_frequency, is_unit, zone_named
from .table import (
    ARRAY,
    CATEGORIES,
    DATES,
    FLAT,
    FRAME,
    INDEX,
    INTERVALS,
    LEVELS,
    LIBRARIES,
    MASKED,
    MOMENTS,
    NUMBERS,
    OBJECTS,
    PERIODS,
    RANGE,
    SERIES,
    SPANS,
    TEXT,
    TIMES,
    Column,
    Labels,
    Table,
)
from .table_cells import labels_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_ROWS: Final = 2_000_000
MAX_COLUMNS: Final = 10_000
MAX_LEVELS: Final = 32
MAX_TEXTS: Final = 1_000_000
_MAX_NAME: Final = 8
_TEXT_DTYPES: Final = frozenset(("object", "str", "string", "String"))
_MISSING_TEXTS: Final = frozenset(("None", "nan", "NA"))
_LABEL_KINDS: Final = ("NAType", "Period", "Interval")
_LABEL_PARTS: Final = (str, int, float, bytes, type(None), datetime.date, datetime.timedelta)

_Array: TypeAlias = "NDArray[Any]"
_Plain = Callable[[Any], Any]


def refuse_size(rows: int, columns: int) -> None:
    """Refuse a table that is too large to be looked at.

    Raises
    ------
    NoDescriptionError
        It is.
    """
    if columns > MAX_COLUMNS:
        raise NoDescriptionError(
            f"a table of {columns:,} columns; at most {MAX_COLUMNS:,} may be passed"
        )
    if rows > MAX_ROWS:
        raise NoDescriptionError(f"a table of {rows:,} rows; at most {MAX_ROWS:,} may be passed")


def packed(table: Table, plain: _Plain) -> list[Any]:
    """Return a table as a list; `plain` turns the values in it into what msgpack packs."""
    index, header = _labels(table.index, plain), _labels(table.header, plain)
    columns = []
    for place, column in enumerate(table.columns):
        try:
            columns.append(_column(column, plain))
        except ValueError as error:
            name = None
            if table.header is not None:
                series = table.form == SERIES
                name = table.header.names[0] if series else labels_of(table.header)[place]
            where = "a table" if name is None else f"a table whose column {name!r}"
            text = str(error).partition(";")[0]
            raise NoDescriptionError(f"{where} holds {text}") from None
    return [table.library, table.form, index, header, columns]


def _labels(labels: Labels | None, plain: _Plain) -> list[Any] | None:
    if labels is None:
        return None
    names = [plain(name) for name in labels.names]
    _refuse_names(labels.names)
    _refuse_names(cell for level in labels.levels for cell in _objects_of(level))
    levels = [_column(level, plain) for level in labels.levels]
    codes = [plain(codes) for codes in labels.codes]
    return [labels.kind, names, list(labels.bounds), levels, codes, labels.frequency]


def _column(column: Column, plain: _Plain) -> list[Any]:
    values = column.values
    if column.kind == TEXT:
        content: Any = _joined(values)
        content[0] = plain(content[0])
    elif column.kind == OBJECTS:
        content = plain(list(values))
    elif column.kind == CATEGORIES:
        _refuse_names(cell for part in column.parts for cell in _objects_of(part))
        content = plain(values)
    else:
        content = plain(values)
    missing = None if column.missing is None else plain(column.missing)
    parts = [_column(part, plain) for part in column.parts]
    return [column.kind, list(column.detail), content, missing, parts]


def _objects_of(column: Column) -> Iterable[Any]:
    return column.values if column.kind == OBJECTS else ()


def _refuse_names(names: Iterable[Any]) -> None:
    """Refuse what names rows, columns or categories and would not be read as a name."""
    for name in names:
        if not _is_label(name):
            raise NoDescriptionError(
                f"a table that calls a row, a column or a category by a {type(name).__name__}"
            )


def _joined(texts: Any) -> list[Any]:
    if len(texts) > MAX_TEXTS:
        raise NoDescriptionError(f"a column of {len(texts):,} texts; at most {MAX_TEXTS:,} cross")
    try:
        content = "".join(texts).encode()
    except UnicodeEncodeError:
        raise NoDescriptionError("a text with characters that are not Unicode") from None
    return [np.fromiter(map(len, texts), np.int32, len(texts)), content]


def unpacked(fields: list[Any]) -> Table:
    """Return the table of a list.

    Raises
    ------
    WireError
        It is none, or one that its own fields contradict.
    """
    _hold(len(fields) == 5 and _is_in(fields[0], LIBRARIES), "a table without its fields")
    library, form, index, header, columns = fields
    _hold(_is_in(form, (FRAME, SERIES, INDEX, ARRAY)), "a table of an unknown form")
    _hold(type(columns) is list and len(columns) <= MAX_COLUMNS, "too many columns")
    read = tuple(_read_column(column) for column in columns)
    table = Table(library, form, _read_labels(index), _read_labels(header), read)
    _hold(_fits(table), "a table whose parts disagree")
    return table


def _fits(table: Table) -> bool:
    """Return whether the parts of a table are those of its form, and of one length."""
    rows, one = table.rows, len(table.columns) == 1
    if rows > MAX_ROWS or any(len(column) != rows for column in table.columns):
        return False
    if table.form == FRAME:
        right = table.header is not None and len(table.header) == len(table.columns)
        return right and (table.index is not None) == (table.library == "pandas")
    if table.form == SERIES:
        right = table.header is not None and len(table.header.names) == 1
        return right and one and (table.index is not None) == (table.library == "pandas")
    if table.library != "pandas" or table.header is not None:
        return False
    if table.form == ARRAY:
        return one and table.index is None
    return table.index is not None and not table.columns


def _read_labels(fields: Any) -> Labels | None:
    if fields is None:
        return None
    _hold(type(fields) is list and len(fields) == 6, "labels without their fields")
    kind, names, bounds, levels, codes, frequency = fields
    lists = all(type(part) is list for part in (names, bounds, levels, codes))
    _hold(lists and 0 < len(names) <= MAX_LEVELS and all(map(_is_label, names)), "names of labels")
    _hold(frequency == "" or is_frequency(frequency), "an unknown frequency")
    _hold(len(bounds) == 3 and all(type(each) is int for each in bounds), "labels without bounds")
    _hold(bounds[2] != 0 and max(map(abs, bounds)) < 2**62, "labels without bounds")
    _hold(len(levels) <= MAX_LEVELS, "too many levels")
    columns = tuple(_read_column(level) for level in levels)
    found = Labels(kind, tuple(names), tuple(bounds), columns, tuple(codes), frequency)
    counts = {RANGE: (1, 0, 0), FLAT: (1, 1, 0)}.get(str(kind), (len(levels),) * 3)
    _hold(_is_in(kind, (RANGE, FLAT, LEVELS)), "labels of an unknown kind")
    _hold((len(names), len(columns), len(codes)) == counts, "labels whose levels disagree")
    for level, positions in zip(columns, codes, strict=False):
        _hold(_are_codes(positions, len(level)), "labels whose codes are out of range")
        _hold(len(positions) == len(codes[0]), "labels whose levels disagree")
    cells = (cell for column in columns if column.kind == OBJECTS for cell in column.values)
    _hold(len(found) <= MAX_ROWS and all(map(_is_label, cells)), "a label that cannot be one")
    return found


def _read_column(fields: Any, nested: bool = False) -> Column:
    _hold(type(fields) is list and len(fields) == 5, "a column without its fields")
    kind, detail, content, missing, parts = fields
    _hold(type(kind) is str and type(detail) is list and type(parts) is list, "a column of no kind")
    _hold(len(parts) <= 2 and not (nested and kind == CATEGORIES), "a column in a column")
    inner = tuple(_read_column(part, True) for part in parts)
    values = _texts(content) if kind == TEXT else content
    column = Column(kind, tuple(detail), values, missing, inner)
    valid = _VALID.get(kind)
    _hold(valid is not None and valid(column), "a column that is not what it says")
    if missing is not None:
        _hold(_is_array(missing, "b") and len(missing) == len(column), "a column without its gaps")
    return column


def _texts(content: Any) -> list[str]:
    _hold(type(content) is list and len(content) == 2, "texts without their lengths")
    lengths, joined = content
    _hold(_is_array(lengths, "i") and type(joined) is bytes, "texts without their lengths")
    _hold(len(lengths) <= MAX_TEXTS and not (lengths < 0).any(), "too many texts")
    text = joined.decode("utf-8")
    ends = np.cumsum(lengths, dtype=np.int64)
    _hold(int(ends[-1] if len(ends) else 0) == len(text), "texts whose lengths disagree")
    starts = (ends - lengths).tolist()
    return [text[start:end] for start, end in zip(starts, ends.tolist(), strict=True)]


def _is_array(values: Any, kinds: str) -> bool:
    return type(values) is np.ndarray and values.ndim == 1 and values.dtype.kind in kinds


def _is_counted(column: Column) -> bool:
    return (
        isinstance(column.values, np.ndarray)
        and _is_array(column.values, "i")
        and column.values.dtype.itemsize == 8
        and not column.parts
    )


def _are_codes(codes: Any, count: int) -> bool:
    if not _is_array(codes, "i"):
        return False
    return not len(codes) or (codes.min() >= -1 and codes.max() < count)


def _is_moments(column: Column) -> bool:
    if not _is_counted(column) or len(column.detail) != 2 or not is_unit(column.detail[0]):
        return False
    zone_named(column.detail[1])
    return True


def _is_categories(column: Column) -> bool:
    if len(column.parts) != 1 or [type(each) for each in column.detail] != [bool]:
        return False
    cells = column.parts[0].values if column.parts[0].kind == OBJECTS else ()
    return _are_codes(column.values, len(column.parts[0])) and all(map(_is_label, cells))


def _is_intervals(column: Column) -> bool:
    ends = column.parts
    if len(ends) != 2 or len(ends[0]) != len(ends[1]) or column.values is not None:
        return False
    kinds = {end.kind for end in ends}
    sides = ("left", "right", "both", "neither")
    return len(kinds) == 1 and kinds <= {NUMBERS, MOMENTS, SPANS} and _has(column, sides)


def _is_text(column: Column) -> bool:
    if len(column.detail) != 2 or column.parts:
        return False
    dtype, missing = column.detail
    return _is_in(dtype, _TEXT_DTYPES) and _is_in(missing, _MISSING_TEXTS)


def _is_objects(column: Column) -> bool:
    kinds = map(type, column.values)
    return type(column.values) is list and Table not in kinds and not column.detail


def _has(column: Column, known: Any) -> bool:
    return len(column.detail) == 1 and _is_in(column.detail[0], known)


_VALID: Final[dict[str, Callable[[Column], bool]]] = {
    NUMBERS: lambda column: _is_array(column.values, "biufc") and not column.detail,
    MASKED: lambda column: (
        _is_array(column.values, "biuf") and column.missing is not None and not column.detail
    ),
    TEXT: _is_text,
    OBJECTS: _is_objects,
    MOMENTS: _is_moments,
    SPANS: lambda column: (
        _is_counted(column) and len(column.detail) == 1 and is_unit(*column.detail)
    ),
    PERIODS: lambda column: (
        _is_counted(column)
        and len(column.detail) == 1
        and is_frequency(*column.detail)
        and are_periods(column.values, *column.detail)
    ),
    INTERVALS: _is_intervals,
    CATEGORIES: _is_categories,
    DATES: lambda column: _is_array(column.values, "i") and not column.detail,
    TIMES: lambda column: _is_counted(column) and not column.detail,
}


def _is_label(value: Any, depth: int = 0) -> bool:
    """Return whether a value may name a row or a column: a plain one, or a tuple of such."""
    if type(value) is tuple and depth < 2 and len(value) <= _MAX_NAME:
        return all(_is_label(part, depth + 1) for part in value)
    return isinstance(value, _LABEL_PARTS) or type(value).__name__ in _LABEL_KINDS


def _is_in(value: Any, known: Any) -> bool:
    return isinstance(value, str) and value in known


def _hold(condition: bool, otherwise: str) -> None:
    if not condition:
        raise WireError(otherwise)


def cells_of(table: Table) -> Iterator[Any]:
    """Give all values in a table that are objects of the closed set by themselves."""
    waiting = [*table.columns]
    for labels in (table.index, table.header):
        if labels is not None:
            waiting += labels.levels
            yield from labels.names
    while waiting:
        column = waiting.pop()
        waiting += column.parts
        if column.kind == OBJECTS:
            yield from column.values
