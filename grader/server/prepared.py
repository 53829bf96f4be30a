"""Queries that nearly every request asks: their SQL is made once, and then only given its values.

To make it takes Django ten times as long as the database takes to answer, and its raw queries find
out each time which column is which. What is used here of Django's compilers is what its own query
sets use, and none of it is documented: `tests/test_server_prepared.py` holds it against those.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

from grader.quick_dataclass import dataclass

Row = TypeVar("Row", bound=Model)
_Values = tuple[Any, ...]
_Taker = Callable[[_Values], Any]


@dataclass(frozen=True, slots=True)
class _Statement:
    """SQL, what takes its parameters from the values, and what makes rows of its columns.

    `names` are the fields of the model itself, which come first; `related` reads the models that
    are selected with it, `more` names the columns of what else is asked. `converters` is by the
    numbers of the columns that the database has in another form.
    """

    sql: str
    takers: list[_Taker]
    names: list[str]
    related: Sequence[Any]
    more: dict[str, int]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]


class PreparedQuery(Generic[Row]):
    """A query for rows of one model, by values that are given each time.

    Parameters
    ----------
    make : callable
        Returns the query, in which -1 or "-1" stands for the first value, -2 or "-2" for the
        second, and so on; `Value(-1)` where the field takes neither a number nor a text.
    """

    def __init__(self, make: Callable[[], QuerySet[Row]]) -> None:
        self._make = make
        self._model: type[Row] | None = None
        self._statement: _Statement | None = None

    def first(self, *values: Any) -> Row | None:
        """Return the first row for these values; None where there is none."""
        return next(iter(self.rows(*values)), None)

    def rows(self, *values: Any) -> list[Row]:
        """Return all rows for these values."""
        statement = self._statement or self._prepared()
        assert self._model is not None
        found = _executed(statement.sql, statement.takers, values)
        for place, (converters, column) in statement.converters.items():
            for row in found:
                for convert in converters:
                    row[place] = convert(row[place], column, connection)
        return [self._row(self._model, statement, row) for row in found]

    @staticmethod
    def _row(model: type[Row], statement: _Statement, columns: list[Any]) -> Row:
        own = len(statement.names)
        row = model.from_db(DEFAULT_DB_ALIAS, statement.names, columns[:own])
        for each in statement.related:
            each.populate(columns, row)
        for name, place in statement.more.items():
            setattr(row, name, columns[place])
        return row

    def count(self, *values: Any) -> int:
        """Return how many rows there are for these values."""
        statement = self._statement or self._prepared()
        sql = f"SELECT COUNT(*) FROM ({statement.sql}) AS found"
        [[number]] = _executed(sql, statement.takers, values)
        return int(number)

    def _prepared(self) -> _Statement:
        query = self._make()
        compiler = query.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, constants = compiler.as_sql()
        columns = [column for column, _sql, _alias in compiler.select]
        own = len(compiler.klass_info["select_fields"])
        takers = [_taker(one) for one in constants]
        if connection.vendor == "postgresql":
            sql, takers = _planned(sql, takers)
        made = _Statement(
            sql,
            takers,
            [column.target.attname for column in columns[:own]],
            get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS),
            compiler.annotation_col_map,
            compiler.get_converters(columns),
        )
        self._model, self._statement = query.model, made
        return made


def _executed(sql: str, takers: list[_Taker], values: _Values) -> list[list[Any]]:
    given = [_adapted(take(values)) for take in takers]
    if connection.vendor == "postgresql":
        return [list(row) for row in connection.prepared(sql, given)]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [list(row) for row in cursor.fetchall()]


def _adapted(value: Any) -> Any:
    """Return a value as the database takes it."""
    is_moment = isinstance(value, datetime)
    return connection.ops.adapt_datetimefield_value(value) if is_moment else value


def _taker(constant: Any) -> _Taker:
    """Return what takes a parameter from the values, or gives the constant."""
    place = str(constant)
    if place[:1] == "-" and place[1:].isdecimal():
        return itemgetter(int(place[1:]) - 1)
    return lambda _values: constant


def _planned(sql: str, takers: list[_Taker]) -> tuple[str, list[_Taker]]:
    """Return a statement with its constants written out, and what takes its other parameters."""
    begin, *parts = sql.split("%s")
    planned = begin
    given: list[_Taker] = []
    for take, part in zip(takers, parts, strict=True):
        if isinstance(take, itemgetter):
            given.append(take)
            planned += f"%s{part}"
        else:
            planned += connection.written_out(take(())) + part
    return planned, given
