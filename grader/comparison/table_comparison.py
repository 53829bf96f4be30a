"""What differs between two tables, in words for students.

The first kind of difference that there is, is told: another kind of value, columns, the number of
rows, what rows are called, and only then the values.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from grader.comparison.table_columns import (
    Values,
    agree,
    form_in_words,
    row_labels,
    same_cell,
    values_of,
)
from grader.comparison.table_rows import matched_rows, rows_apart
from grader.comparison.table_values import Pair, Rules, column_difference
from grader.comparison.table_words import counted, listed, shown_name
from grader.sandbox.child.tables.table import FRAME, INDEX, RANGE, SERIES, Labels, Table
from grader.sandbox.child.tables.table_cells import labels_of

_MAX_TOLD: Final = 6
_NEAR: Final = 0.7
_LONG_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class TableDifference:
    """What is told of a table, and what is wrong in it: `the table['total']`."""

    text: str
    entries: tuple[str, ...] = ()


def differences(
    actual: Table, expected: Table, name: str, rules: Rules
) -> Sequence[TableDifference]:
    """Return the first differences between a table, called `name`, and the right one."""
    if not expected.library or actual.library != expected.library:
        rules = replace(rules, index=False)  # what rows are called is no library's but pandas'
    found = _Comparison(actual, expected, name, rules).differences()
    further = len(found) - _MAX_TOLD
    if further <= 0:
        return found
    entries = tuple(entry for each in found[_MAX_TOLD:] for entry in each.entries)
    return [*found[:_MAX_TOLD], TableDifference(f"and {further} more", entries)]


class _Comparison:
    """Two tables of which one is right."""

    def __init__(self, actual: Table, expected: Table, name: str, rules: Rules) -> None:
        self.actual = actual
        self.expected = expected
        self.name = name
        self.rules = rules

    def differences(self) -> list[TableDifference]:
        """Return what differs; nothing where the tables are the same."""
        if self.actual.form != self.expected.form:
            return [self._form()]
        for look in (self._columns, self._rows, self._labels, self._kinds, self._values):
            found = list(look())
            if found:
                return found
        return []

    def _entry(self, column: str) -> tuple[str, ...]:
        return (f"{self.name}[{column}]" if column else self.name,)

    def _form(self) -> TableDifference:
        found, wanted = self.actual.form, self.expected.form
        text = f"{self.name} is {form_in_words(found)}; {form_in_words(wanted)} is needed."
        if (found, wanted) == (SERIES, FRAME):
            text += " `.reset_index()` or `.to_frame()` makes one of it; `df[['name']]` keeps one."
        elif (found, wanted) == (FRAME, SERIES):
            text += " `df['name']` takes a column out."
        return TableDifference(text)

    def _columns(self) -> Iterator[TableDifference]:
        if self.expected.form == SERIES:
            yield from self._series_name()
        if self.expected.form != FRAME:
            return
        own, wanted = labels_of(self.actual.header), labels_of(self.expected.header)
        missing = list((Counter(wanted) - Counter(own)).elements())
        further = list((Counter(own) - Counter(wanted)).elements())
        for name in missing:
            yield TableDifference(self._missing(name, further), self._entry(shown_name(name)))
        for name in further:
            which = "should not be there"
            if name in wanted:
                which = "is there more often than it should be"
            elif name in _names(self.expected.index):
                which = "should name the rows: `.set_index(...)` makes the index of it"
            yield TableDifference(
                f"Column {shown_name(name)} {which}.", self._entry(shown_name(name))
            )
        if not missing and not further and own != wanted and self.rules.column_order:
            text = f"The columns are in another order: {listed(own)}; expected {listed(wanted)}."
            yield TableDifference(text)
        elif not missing and not further and self.rules.index:
            yield from self._header_names()

    def _header_names(self) -> Iterator[TableDifference]:
        own, wanted = _names(self.actual.header), _names(self.expected.header)
        if len(own) == len(wanted) > 1 and own != wanted:
            found, needed = listed(own), listed(wanted)
            yield TableDifference(f"The levels of columns are called {found}; expected {needed}.")

    def _series_name(self) -> Iterator[TableDifference]:
        own, wanted = _names(self.actual.header), _names(self.expected.header)
        if own != wanted and wanted != (None,) and self.rules.column_order:
            name = f"called {listed(own)}" if own != (None,) else "without a name"
            text = f"{self.name} is a column {name}; expected {listed(wanted)}."
            yield TableDifference(text)

    def _missing(self, name: Any, further: list[Any]) -> str:
        """Return that a column is missing, and where it may be; that is taken out of the rest."""
        text = f"Column {shown_name(name)} is missing."
        if name in _names(self.actual.index):
            return f"{text} It is in the index: `.reset_index()` makes a column of it."
        near = self._near(name, further)
        if near is not None:
            further.remove(near)
            return f"{text} Is {shown_name(near)} meant to be it? Rename it."
        same = next((other for other in further if self._holds(other, name)), None)
        if same is not None:
            further.remove(same)
            return f"{text} Column {shown_name(same)} holds what it should hold: rename that."
        own = labels_of(self.actual.header)
        return f"{text} There are: {listed(own)}." if own else f"{text} There are no columns."

    def _near(self, name: Any, further: Sequence[Any]) -> Any:
        texts = {each.casefold().strip(): each for each in further if isinstance(each, str)}
        if not isinstance(name, str) or len(name) > _LONG_NAME:
            return next((each for each in further if str(each) == str(name)), None)
        short = [text for text in texts if len(text) <= _LONG_NAME]
        found = difflib.get_close_matches(name.casefold().strip(), short, 1, _NEAR)
        return texts[found[0]] if found else None

    def _holds(self, own: Any, wanted: Any) -> bool:
        found, needed = self._column(self.actual, own), self._column(self.expected, wanted)
        if len(found) != len(needed):
            return False
        return bool(agree(found, needed, self.rules.tolerance).all())

    def _column(self, table: Table, name: Any) -> Values:
        return values_of(table.columns[labels_of(table.header).index(name)])

    def _rows(self) -> Iterator[TableDifference]:
        found, wanted = self.actual.rows, self.expected.rows
        if found == wanted:
            return
        own = row_labels(self.actual.index, found)
        needed = row_labels(self.expected.index, wanted)
        text = f"{self.name} has {counted(found, 'row')}; expected {wanted:,}."
        if _named(self.expected.index) and self.rules.index:
            further = list((Counter(own) - Counter(needed)).elements())
            missing = list((Counter(needed) - Counter(own)).elements())
        else:
            more, less = rows_apart(*_sides(self._pairs()), self.rules.tolerance)
            further, missing = [own[place] for place in more], [needed[place] for place in less]
        if found > wanted and further:
            which = "Row" if len(further) == 1 else "Rows"
            text += f" {which} {listed(further)} should not be there."
        if missing and self.rules.visible and _named(self.expected.index):
            text += f" Missing: {listed(missing)}."
        yield TableDifference(text + self._twice())

    def _twice(self) -> str:
        """Return that rows are there twice, where only in the student's table some are."""
        more = [len(table.columns) and _repeated(table) for table in (self.actual, self.expected)]
        if not more[0] or more[1]:
            return ""
        is_one = more[0] == 1
        which = "1 row is" if is_one else f"{more[0]:,} rows are"
        return f" {which} there more than once."

    def _labels(self) -> Iterator[TableDifference]:
        own, wanted = self.actual.index, self.expected.index
        if own is None or wanted is None:
            return
        if not self.rules.index and self.expected.form != INDEX:
            return
        levels, needed = len(own.names), len(wanted.names)
        if levels != needed:
            yield TableDifference(f"The index has {counted(levels, 'level')}; expected {needed}.")
            return
        found, right = labels_of(own), labels_of(wanted)
        if all(map(self._same, found, right)):
            yield from self._index_names(own, wanted)
            return
        numbered = wanted.kind == RANGE and wanted.names == own.names and _are_numbers(found)
        permuted = Counter(map(_plain, found)) == Counter(map(_plain, right))
        if not self.rules.order and (numbered or permuted):
            return
        if numbered and not (permuted and list(self._values())):
            text = f"The rows are still called {listed(found, 4)}; they should be counted anew from"
            yield TableDifference(f"{text} {wanted.bounds[0]} (`.reset_index(drop=True)`).")
        elif permuted:
            start = f" Expected: {listed(right)}." if self.rules.visible else ""
            yield TableDifference(f"The rows are in another order.{start}")
        else:
            yield self._other_labels(own, wanted)

    def _other_labels(self, own: Labels, wanted: Labels) -> TableDifference:
        if wanted.kind != RANGE and own.kind == RANGE:
            name = wanted.names[0]
            by = f" by {shown_name(name)}" if name is not None else ""
            text = f"The rows are only numbered; they should be named{by} (`.set_index(...)`)."
            return TableDifference(text)
        found, right = labels_of(own), labels_of(wanted)
        wrong = [one for one, two in zip(found, right, strict=True) if not self._same(one, two)]
        text = f"{counted(len(wrong), 'row')} of {len(found):,} have another name than they"
        text += f" should have in the index: {listed(wrong)}."
        return TableDifference(f"{text} Expected: {listed(right)}." if self.rules.visible else text)

    def _same(self, actual: Any, expected: Any) -> bool:
        return same_cell(actual, expected, self.rules.tolerance)

    def _index_names(self, own: Labels, wanted: Labels) -> Iterator[TableDifference]:
        if own.names != wanted.names:
            found, needed = listed(own.names), listed(wanted.names)
            yield TableDifference(f"The index is called {found}; expected {needed}.")

    def _kinds(self) -> Iterator[TableDifference]:
        """Give the columns that hold another kind of values."""
        if not self.rules.dtypes or not self.actual.rows:
            return
        for pair in self._pairs():
            found, right = pair.found, pair.right
            if found.kind == right.kind or found.cells.count(None) == len(found):
                continue
            what = pair.name[:1].upper() + pair.name[1:] or self.name
            text = f"{what} holds {found.kind} ({found.dtype})"
            text += f"; {right.kind} ({right.dtype}) are needed."
            yield TableDifference(text, self._entry(pair.name.removeprefix("column ")))

    def _pairs(self) -> list[Pair]:
        """Return the columns of both tables, those that are called alike together."""
        if self.expected.form != FRAME:
            columns = zip(self.actual.columns, self.expected.columns, strict=True)
            return [Pair("", values_of(found), values_of(right)) for found, right in columns]
        places: dict[Any, list[int]] = {}
        for place, name in enumerate(labels_of(self.actual.header)):
            places.setdefault(name, []).append(place)
        return [
            Pair(
                f"column {shown_name(name)}",
                values_of(self.actual.columns[places[name].pop(0)]),
                values_of(column),
            )
            for name, column in zip(
                labels_of(self.expected.header), self.expected.columns, strict=True
            )
        ]

    def _values(self) -> Iterator[TableDifference]:
        if self.expected.form == INDEX:
            return
        rules, pairs = self.rules, self._pairs()
        labels = row_labels(self.actual.index, self.actual.rows)
        if not rules.order:
            places = self._in_their_order(labels)
            if places is None:
                places = matched_rows(*_sides(pairs), rules.tolerance)
            pairs = [Pair(each.name, each.found, each.right.taken(places)) for each in pairs]
        elif self._only_order(pairs):
            yield TableDifference("The rows are right, but in another order.")
            return
        for pair in pairs:
            text = column_difference(pair, pairs, labels, self.name, rules)
            if text:
                yield TableDifference(text, self._entry(pair.name.removeprefix("column ")))

    def _in_their_order(self, labels: Sequence[Any]) -> list[int] | None:
        """Return where the right rows of the same names are; None where names do not tell."""
        if not self.rules.index or not _named(self.expected.index):
            return None
        named = enumerate(labels_of(self.expected.index))
        places = {_plain(label): place for place, label in named}
        if len(places) != len(labels) or any(_plain(label) not in places for label in labels):
            return None
        return [places[_plain(label)] for label in labels]

    def _only_order(self, pairs: Sequence[Pair]) -> bool:
        """Return whether the rows are those that are needed, and only stand in other places."""
        tolerance = self.rules.tolerance
        if all(agree(pair.found, pair.right, tolerance).all() for pair in pairs):
            return False
        if _named(self.expected.index) and self.rules.index:
            return False
        return rows_apart(*_sides(pairs), tolerance) == ([], [])


def _sides(pairs: Sequence[Pair]) -> tuple[list[Values], list[Values]]:
    return [pair.found for pair in pairs], [pair.right for pair in pairs]


def _names(labels: Labels | None) -> tuple[Any, ...]:
    return () if labels is None else labels.names


def _named(labels: Labels | None) -> bool:
    """Return whether rows are called something else than their numbers, each in its own way."""
    if labels is None or labels.kind == RANGE:
        return False
    return len(set(map(_plain, labels_of(labels)))) == len(labels)


def _are_numbers(labels: Sequence[Any]) -> bool:
    return all(type(label) is int for label in labels)


def _plain(label: Any) -> Any:
    return tuple(map(_plain, label)) if isinstance(label, tuple) else (type(label).__name__, label)


def _repeated(table: Table) -> int:
    """Return how many rows are there a second time."""
    columns = [list(map(repr, values_of(column).cells)) for column in table.columns]
    rows = Counter(zip(*columns, strict=True))
    return sum(count - 1 for count in rows.values())
