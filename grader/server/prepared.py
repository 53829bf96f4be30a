"""Queries that nearly every request asks: their SQL is made once, and then only given its values.

To make it takes Django ten times as long as the database takes to answer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

Row = TypeVar("Row", bound=Model)


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
        self._made: tuple[Any, str, list[Callable[[tuple[Any, ...]], Any]]] | None = None

    def first(self, *values: Any) -> Row | None:
        """Return the first row for these values; None where there is none."""
        return next(iter(self.rows(*values)), None)

    def rows(self, *values: Any) -> list[Row]:
        """Return all rows for these values."""
        if self._made is None:
            query = self._make()
            sql, constants = query.query.sql_with_params()
            self._made = query.model, sql, [_taker(one) for one in constants]
        model, sql, takers = self._made
        return list(model.objects.raw(sql, [take(values) for take in takers]))


def _taker(constant: Any) -> Callable[[tuple[Any, ...]], Any]:
    """Return what takes a parameter from the values, or gives the constant."""
    place = str(constant)
    if place[:1] == "-" and place[1:].isdecimal():
        number = int(place[1:]) - 1
        return lambda values: values[number]
    return lambda _values: constant
