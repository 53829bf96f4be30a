"""Queries that nearly every request asks: their SQL is made once, and then only given its values.

To make it takes Django ten times as long as the database takes to answer, and its raw queries find
out each time which column is which. What is used here of Django's compilers is what its own query
sets use, and none of it is documented: `tests/test_server_prepared.py` holds it against those.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)
_Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Statement:
    """SQL, what takes its parameters from the values, the fields of its columns, what reads them.

    `converters` is by the numbers of the columns that the database has in another form.
    """

    sql: str
    takers: list[Callable[[_Values], Any]]
    names: list[str]
    converters: dict[int, tuple[list[Callable[..., Any]], Any]]


class PreparedQuery(Generic[Row]):
    """A query for rows of one model, by values that are given each time.

    Parameters
    ----------
    make : callable
        Returns the query, in which -1 or "-1" stands for the first value, -2 or "-2" for the
        second, and so on.
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
        return [self._model.from_db(DEFAULT_DB_ALIAS, statement.names, row) for row in found]

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
        names = [column.target.attname for column in columns]
        made = _Statement(
            sql, [_taker(one) for one in constants], names, compiler.get_converters(columns)
        )
        self._model, self._statement = query.model, made
        return made


def _executed(sql: str, takers: list[Callable[[_Values], Any]], values: _Values) -> list[list[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [take(values) for take in takers])
        return [list(row) for row in cursor.fetchall()]


def _taker(constant: Any) -> Callable[[_Values], Any]:
    """Return what takes a parameter from the values, or gives the constant."""
    place = str(constant)
    if place[:1] == "-" and place[1:].isdecimal():
        number = int(place[1:]) - 1
        return lambda values: values[number]
    return lambda _values: constant
