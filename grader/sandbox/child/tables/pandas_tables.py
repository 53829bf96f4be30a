"""What pandas makes, as columns, and back; imported only where pandas is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import pandas as pd

from .moments import (
    NoDescriptionError,
    is_frequency,
    period_name,
    refuse_beyond_the_calendar,
    zone_named,
    zone_of,
)
from .table import (
    ARRAY,
    CATEGORIES,
    FLAT,
    FRAME,
    INDEX,
    INTERVALS,
    LEVELS,
    MASKED,
    MOMENTS,
    NUMBERS,
    OBJECTS,
    PERIODS,
    RANGE,
    SERIES,
    SPANS,
    TEXT,
    Column,
    Labels,
    Table,
)
from .table_wire import MAX_LEVELS, refuse_size

_MANY: Final = 50  # columns
_MAX_EVEN: Final = 10_000  # rows whose even steps are held against a frequency, one by one
_WIDER: Final = {"float128": "float64", "complex256": "complex128"}
_MISSING: Final[dict[str, Any]] = {"None": None, "nan": float("nan"), "NA": pd.NA}


def described(value: Any) -> Table:
    """Return what a frame, series, index or array of pandas is.

    Raises
    ------
    NoDescriptionError
        It holds what has no description; the text names the column.
    """
    if isinstance(value, pd.DataFrame):
        rows, width = value.shape
        refuse_size(rows, width)
        columns = _alike(value) if width > _MANY else None
        if columns is None:
            names = list(value.columns)
            arrays = [value.iloc[:, place].array for place in range(width)]
            columns = tuple(map(_named, names, arrays))
        return Table("pandas", FRAME, _labels(value.index), _labels(value.columns), columns)
    refuse_size(len(value), 1)
    if isinstance(value, pd.Series):
        header = Labels(RANGE, (value.name,), (0, 1, 1))
        column = _named(value.name, value.array)
        return Table("pandas", SERIES, _labels(value.index), header, (column,))
    if isinstance(value, pd.Index):
        return Table("pandas", INDEX, _labels(value))
    return Table("pandas", ARRAY, columns=(_column(value),))


def _alike(frame: pd.DataFrame) -> tuple[Column, ...] | None:
    """Return the columns of a frame of nothing but numbers of one kind, of which there are many."""
    dtypes = set(frame.dtypes)
    dtype = dtypes.pop()
    if dtypes or not isinstance(dtype, np.dtype) or dtype.kind not in "biuf":
        return None
    return tuple(Column(NUMBERS, (), column) for column in np.ascontiguousarray(frame.to_numpy().T))


def _named(name: Any, array: Any) -> Column:
    try:
        return _column(array)
    except NoDescriptionError as error:
        text = str(error).partition(";")[0]
        raise NoDescriptionError(f"a table whose column {name!r} holds {text}") from None


def _labels(index: pd.Index) -> Labels:
    names = tuple(index.names)
    if isinstance(index, pd.RangeIndex):
        return Labels(RANGE, names, (index.start, index.stop, index.step))
    if isinstance(index, pd.MultiIndex):
        if index.nlevels > MAX_LEVELS:
            raise NoDescriptionError(f"an index of {index.nlevels} levels")
        levels = tuple(_column(level.array) for level in index.levels)
        codes = tuple(np.asarray(codes).astype(np.int64) for codes in index.codes)
        return Labels(LEVELS, names, levels=levels, codes=codes)
    frequency = getattr(index, "freqstr", None) if len(index) <= _MAX_EVEN else None
    if isinstance(index, pd.PeriodIndex) or not is_frequency(frequency):
        frequency = ""
    return Labels(FLAT, names, levels=(_column(index.array),), frequency=frequency or "")


def _column(array: Any) -> Column:
    if type(array) is pd.arrays.NumpyExtensionArray:  # that of texts is a subclass of it
        array = array.to_numpy()
    dtype = array.dtype
    if isinstance(dtype, np.dtype):
        return _of_numpy(array, dtype)
    for kind, describe in _DESCRIBED:
        if isinstance(dtype, kind):
            return describe(array, dtype)
    if hasattr(dtype, "numpy_dtype") and hasattr(array, "_mask"):
        gaps = np.asarray(array.isna(), dtype=bool)
        values = array.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return Column(MASKED, (), values, gaps)
    raise NoDescriptionError(f"values of dtype {dtype}; make them plain with `.astype`")


def _of_numpy(array: Any, dtype: np.dtype[Any]) -> Column:
    values = np.asarray(array)
    if dtype.kind in "mM":
        unit = np.datetime_data(dtype)[0]
        counts = values.view(np.int64)
        if dtype.kind == "M":
            return Column(MOMENTS, (unit, None), counts)
        return Column(SPANS, (unit,), counts)
    if dtype.kind in "biufc":
        return Column(NUMBERS, (), values.astype(_WIDER.get(dtype.name, dtype.name), copy=False))
    cells = values.tolist() if dtype.kind == "O" else [str(each) for each in values]
    return _texts_of(cells) or Column(OBJECTS, (), cells)


def _texts_of(cells: list[Any]) -> Column | None:
    """Return the column of objects that are texts but for gaps of one kind; None for others."""
    gaps = [cell for cell in cells if type(cell) is not str]
    if len(gaps) == len(cells):
        return None
    if all(cell is None for cell in gaps):
        kind = "None"
    elif all(type(cell) is float and cell != cell for cell in gaps):
        kind = "nan"
    elif all(cell is pd.NA for cell in gaps):
        kind = "NA"
    else:
        return None
    missing = np.array([type(cell) is not str for cell in cells]) if gaps else None
    texts = [cell if type(cell) is str else "" for cell in cells]
    return Column(TEXT, ("object", kind), texts, missing)


def _of_texts(array: Any, dtype: Any) -> Column:
    missing = np.asarray(array.isna(), dtype=bool)
    cells = np.asarray(array.to_numpy(dtype=object)).tolist()
    texts = ["" if gap else str(cell) for cell, gap in zip(cells, missing, strict=True)]
    name = "string" if dtype.na_value is pd.NA else "str"
    kind = "NA" if name == "string" else "nan"
    return Column(TEXT, (name, kind), texts, missing if missing.any() else None)


def _of_moments(array: Any, dtype: Any) -> Column:
    return Column(MOMENTS, (dtype.unit, zone_of(dtype.tz)), np.asarray(array.asi8))


def _of_categories(array: Any, dtype: Any) -> Column:
    categories = _column(array.categories.array)
    codes = np.asarray(array.codes)
    return Column(CATEGORIES, (bool(dtype.ordered),), codes, parts=(categories,))


def _of_periods(array: Any, _dtype: Any) -> Column:
    return Column(PERIODS, (period_name(array),), np.asarray(array.asi8))


def _of_intervals(array: Any, dtype: Any) -> Column:
    ends = _column(array.left.array), _column(array.right.array)
    return Column(INTERVALS, (str(dtype.closed),), None, parts=ends)  # type: ignore[arg-type]


_DESCRIBED: Final[tuple[tuple[type, Callable[[Any, Any], Column]], ...]] = (
    (pd.StringDtype, _of_texts),
    (pd.DatetimeTZDtype, _of_moments),
    (pd.CategoricalDtype, _of_categories),
    (pd.PeriodDtype, _of_periods),
    (pd.IntervalDtype, _of_intervals),
    (pd.SparseDtype, lambda array, _dtype: _column(array.to_dense())),
)


def warm_up() -> None:
    """Take a table apart and build it, once: pandas imports and finds out much when it is used."""
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": ["x", None], "c": pd.to_datetime(["2024", "2025"])})
    built(described(frame))
    built(described(frame["b"]))
    str(frame)
    frame.groupby("b")["a"].sum()


def built(table: Table) -> Any:
    """Return a frame, series, index or array of pandas.

    Raises
    ------
    ValueError
        pandas makes no such table.
    """
    if table.form == INDEX:
        return _index(table.index)
    if table.form == ARRAY:
        return pd.Series(_array(table.columns[0]), copy=False).array
    index = _index(table.index)
    if table.form == SERIES:
        assert table.header is not None
        return _series(table.columns[0], index, table.header.names[0])
    dtypes = {getattr(column.values, "dtype", None) for column in table.columns}
    if len(table.columns) > _MANY and len(dtypes) == 1 and _are_numbers(table.columns):
        frame = pd.DataFrame(np.array([column.values for column in table.columns]).T, index=index)
    else:
        columns = {place: _series(each, index) for place, each in enumerate(table.columns)}
        frame = pd.DataFrame(columns, index=index, copy=False)
    frame.columns = _index(table.header)
    return frame


def _are_numbers(columns: Iterable[Column]) -> bool:
    return all(column.kind == NUMBERS for column in columns)


def _series(column: Column, index: pd.Index, name: Any = None) -> pd.Series[Any]:
    array = _array(column)
    dtype = object if isinstance(array, np.ndarray) and array.dtype == object else None
    return pd.Series(array, index=index, name=name, dtype=dtype, copy=False)


def _index(labels: Labels | None) -> pd.Index:
    assert labels is not None
    if labels.kind == RANGE:
        return pd.RangeIndex(*labels.bounds, name=labels.names[0])
    if labels.kind == LEVELS:
        levels = [_flat(level) for level in labels.levels]
        return pd.MultiIndex(levels=levels, codes=list(labels.codes), names=list(labels.names))
    index = _flat(labels.levels[0])
    index.name = labels.names[0]
    if labels.frequency and isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex):
        if len(index) > _MAX_EVEN:
            raise ValueError("too many labels to have a frequency")
        index.freq = labels.frequency
    return index


def _flat(column: Column) -> pd.Index:
    array = _array(column)
    if isinstance(array, np.ndarray) and array.dtype == object:
        return pd.Index(array, dtype=object, tupleize_cols=False)
    return pd.Index(array, copy=False)


def _array(column: Column) -> Any:
    """Return a column as an array of NumPy's, or of pandas' own."""
    return _BUILT[column.kind](column, column.values)


def _objects(cells: list[Any]) -> Any:
    array = np.empty(len(cells), dtype=object)
    for place, cell in enumerate(cells):
        array[place] = cell
    return array


def _masked(column: Column, values: Any) -> Any:
    kinds = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}
    made: Any = kinds.get(values.dtype.kind, pd.arrays.IntegerArray)
    return made(values.copy(), column.missing.copy())  # type: ignore[union-attr]


def _texts(column: Column, values: Any) -> Any:
    dtype, kind = column.detail
    cells = _objects(list(values))
    if column.missing is not None:
        cells[column.missing] = _MISSING[kind]
    if dtype == "object":
        return cells
    dtype = pd.StringDtype(na_value=float("nan")) if dtype == "str" else pd.StringDtype()
    return pd.array(cells, dtype=dtype)


def _moments(column: Column, values: Any) -> Any:
    unit, zone = column.detail
    index = pd.DatetimeIndex(values.view(f"M8[{unit}]"))
    if zone is not None:
        refuse_beyond_the_calendar(values.view(f"M8[{unit}]"))
        index = index.tz_localize("UTC").tz_convert(zone_named(zone))
    return index.array


def _categories(column: Column, values: Any) -> Any:
    categories = _flat(column.parts[0])
    dtype = pd.CategoricalDtype(categories, ordered=column.detail[0])
    return pd.Categorical.from_codes(values, dtype=dtype)


def _intervals(column: Column, _values: Any) -> Any:
    left, right = (_flat(end) for end in column.parts)
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=column.detail[0])


_BUILT: Final[dict[str, Callable[[Column, Any], Any]]] = {
    NUMBERS: lambda _column, values: values,
    MASKED: _masked,
    TEXT: _texts,
    OBJECTS: lambda _column, values: _objects(values),
    MOMENTS: _moments,
    SPANS: lambda column, values: pd.TimedeltaIndex(values.view(f"m8[{column.detail[0]}]")).array,
    PERIODS: lambda column, values: (
        pd.PeriodIndex.from_ordinals(values, freq=column.detail[0]).array
    ),
    INTERVALS: _intervals,
    CATEGORIES: _categories,
}
