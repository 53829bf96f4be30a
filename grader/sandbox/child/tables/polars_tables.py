"""What polars makes, as columns, and back; imported only where polars is."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from .moments import NoDescriptionError, zone_named
from .table import (
    CATEGORIES,
    DATES,
    FRAME,
    MASKED,
    MOMENTS,
    NUMBERS,
    OBJECTS,
    RANGE,
    SERIES,
    SPANS,
    TEXT,
    TIMES,
    Column,
    Labels,
    Table,
)
from .table_wire import refuse_size

_UNITS: Final = frozenset(("ms", "us", "ns"))


def described(value: Any) -> Table:
    """Return what a frame or a series of polars is.

    Raises
    ------
    NoDescriptionError
        It holds what has no description; the text names the column.
    """
    if isinstance(value, pl.DataFrame):
        refuse_size(value.height, value.width)
        columns = tuple(_named(series) for series in value.get_columns())
        names = Column(TEXT, ("str", "nan"), list(value.columns))
        return Table("polars", FRAME, None, Labels("flat", (None,), levels=(names,)), columns)
    refuse_size(len(value), 1)
    header = Labels(RANGE, (value.name,), (0, 1, 1))
    return Table("polars", SERIES, None, header, (_named(value),))


def _named(series: pl.Series) -> Column:
    try:
        return _column(series)
    except NoDescriptionError as error:
        raise NoDescriptionError(f"a table whose column {series.name!r} holds {error}") from None


def _column(series: pl.Series) -> Column:
    dtype = series.dtype
    missing = series.is_null().to_numpy() if series.null_count() else None
    if dtype == pl.String:
        texts = series.fill_null("").to_list()
        return Column(TEXT, ("String", "None"), texts, missing)
    if dtype in (pl.Categorical, pl.Enum):
        return _categories(series.cast(pl.String), dtype)
    if isinstance(dtype, pl.Datetime):
        return Column(MOMENTS, (dtype.time_unit, dtype.time_zone), _counts(series), missing)
    if isinstance(dtype, pl.Duration):
        return Column(SPANS, (dtype.time_unit,), _counts(series), missing)
    if dtype == pl.Date:
        return Column(DATES, (), _counts(series), missing)
    if dtype == pl.Time:
        return Column(TIMES, (), _counts(series), missing)
    if dtype == pl.Boolean or (dtype.is_numeric() and not dtype.is_decimal()):
        nothing = False if dtype == pl.Boolean else 0
        values = np.array(series.fill_null(nothing).to_numpy())
        if values.dtype.kind in "biuf" and values.dtype.itemsize <= 8:
            return Column(NUMBERS if missing is None else MASKED, (), values, missing)
    if dtype.is_decimal():
        raise NoDescriptionError(f"values of dtype {dtype}; make them plain with `.cast`")
    return Column(OBJECTS, (), series.to_list())


def _counts(series: pl.Series) -> Any:
    return np.array(series.to_physical().fill_null(0).to_numpy())


def _categories(texts: pl.Series, dtype: Any) -> Column:
    ordered = isinstance(dtype, pl.Enum)
    known = dtype.categories if ordered else texts.drop_nulls().unique(maintain_order=True)
    names = known.to_list()
    places = {name: place for place, name in enumerate(names)}
    codes = np.array([places.get(text, -1) for text in texts.to_list()], dtype=np.int64)
    return Column(CATEGORIES, (ordered,), codes, parts=(Column(TEXT, ("String", "None"), names),))


def built(table: Table) -> Any:
    """Return a frame or series of polars.

    Raises
    ------
    ValueError
        polars makes no such table.
    """
    try:
        if table.form == SERIES:
            assert table.header is not None
            return _series(str(table.header.names[0] or ""), table.columns[0])
        assert table.header is not None
        names = list(map(str, table.header.levels[0].values)) if table.header.levels else []
        if len(set(names)) != len(table.columns):
            raise ValueError("columns of one name")
        return pl.DataFrame(
            [_series(name, each) for name, each in zip(names, table.columns, strict=True)]
        )
    except pl.exceptions.PanicException as error:  # which is no Exception
        raise ValueError("no table of polars") from error


def _series(name: str, column: Column) -> pl.Series:
    if column.kind == OBJECTS:
        return pl.Series(name, column.values, strict=False)
    if column.kind == CATEGORIES:
        names = [str(each) for each in column.parts[0].values]
        texts = [names[code] if code >= 0 else None for code in np.asarray(column.values)]
        dtype = pl.Enum(names) if column.detail[0] else pl.Categorical()
        return pl.Series(name, texts, dtype=dtype)
    if column.kind == TEXT:
        series = pl.Series(name, column.values, dtype=pl.String)
    else:
        series = pl.Series(name, np.asarray(column.values))
        dtype = _dtype(column)
        series = series if dtype is None else series.cast(dtype)
    if column.missing is not None:
        return series.set(pl.Series(column.missing), None)
    return series


def _dtype(column: Column) -> Any:
    """Return the dtype that a column's numbers stand for; None for numbers."""
    if column.kind in (NUMBERS, MASKED):
        return None
    if column.kind in (MOMENTS, SPANS) and column.detail[0] not in _UNITS:
        raise ValueError("a unit that polars does not have")
    if column.kind == MOMENTS:
        zone = column.detail[1]
        if zone is not None and not isinstance(zone, str):
            raise ValueError("a time zone without a name")
        zone_named(zone)
        return pl.Datetime(column.detail[0], zone)
    if column.kind == SPANS:
        return pl.Duration(column.detail[0])
    if column.kind in (DATES, TIMES):
        return pl.Date() if column.kind == DATES else pl.Time()
    raise ValueError("no column of polars")
