"""What differs between two tables, in words for students.

The first kind of difference that there is, is told: another kind of value, columns, the number of
rows, what rows are called, and only then the values.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
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
from grader.comparison.table_values import ColumnPair, Rules, column_difference
from grader.comparison.table_words import counted_rows, listed, shown_name
from grader.language import gettext_lazy as _
from grader.language import ngettext_lazy, sentences
from grader.quick_dataclass import dataclass
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
    more = ngettext_lazy("and {count:,} more", "and {count:,} more", further)
    return [*found[:_MAX_TOLD], TableDifference(more, entries)]


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
        text = _("{name} is {kind}; {form} is needed.")
        text = text.format(name=self.name, kind=form_in_words(found), form=form_in_words(wanted))
        remedy = ""
        if (found, wanted) == (SERIES, FRAME):
            remedy = _(
                "`.reset_index()` or `.to_frame()` makes one of it; `df[['name']]` keeps one."
            )
        elif (found, wanted) == (FRAME, SERIES):
            remedy = _("`df['name']` takes a column out.")
        return TableDifference(sentences([text, remedy]))

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
            text = _("Column {name} should not be there.")
            if name in wanted:
                text = _("Column {name} is there more often than it should be.")
            elif name in _names(self.expected.index):
                text = _(
                    "Column {name} should name the rows: `.set_index(...)` makes the index of it."
                )
            shown = shown_name(name)
            yield TableDifference(text.format(name=shown), self._entry(shown))
        if not missing and not further and own != wanted and self.rules.column_order:
            text = _("The columns are in another order: {found}; expected {right}.")
            yield TableDifference(text.format(found=listed(own), right=listed(wanted)))
        elif not missing and not further and self.rules.index:
            yield from self._header_names()

    def _header_names(self) -> Iterator[TableDifference]:
        own, wanted = _names(self.actual.header), _names(self.expected.header)
        if len(own) == len(wanted) > 1 and own != wanted:
            text = _("The levels of columns are called {found}; expected {right}.")
            yield TableDifference(text.format(found=listed(own), right=listed(wanted)))

    def _series_name(self) -> Iterator[TableDifference]:
        own, wanted = _names(self.actual.header), _names(self.expected.header)
        if own != wanted and wanted != (None,) and self.rules.column_order:
            text = _("{name} is a column without a name; expected {right}.")
            if own != (None,):
                text = _("{name} is a column called {found}; expected {right}.")
            yield TableDifference(
                text.format(name=self.name, found=listed(own), right=listed(wanted))
            )

    def _missing(self, name: Any, further: list[Any]) -> str:
        """Return that a column is missing, and where it may be; that is taken out of the rest."""
        text = _("Column {name} is missing.", name=shown_name(name))
        return sentences([text, self._instead_of(name, further)])

    def _instead_of(self, name: Any, further: list[Any]) -> str:
        if name in _names(self.actual.index):
            return _("It is in the index: `.reset_index()` makes a column of it.")
        near = self._near(name, further)
        if near is not None:
            further.remove(near)
            return _("Is {name} meant to be it? Rename it.", name=shown_name(near))
        same = next((other for other in further if self._holds(other, name)), None)
        if same is not None:
            further.remove(same)
            text = _("Column {name} holds what it should hold: rename that.")
            return text.format(name=shown_name(same))
        own = labels_of(self.actual.header)
        return _("There are: {names}.", names=listed(own)) if own else _("There are no columns.")

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
        text = ngettext_lazy(
            "{name} has {count:,} row; expected {right:,}.",
            "{name} has {count:,} rows; expected {right:,}.",
            found,
            name=self.name,
            right=wanted,
        )
        told: list[str] = [text]
        if _named(self.expected.index) and self.rules.index:
            further = list((Counter(own) - Counter(needed)).elements())
            missing = list((Counter(needed) - Counter(own)).elements())
        else:
            more, less = rows_apart(*_sides(self._pairs()), self.rules.tolerance)
            further, missing = [own[place] for place in more], [needed[place] for place in less]
        if found > wanted and further:
            told.append(
                ngettext_lazy(
                    "Row {rows} should not be there.",
                    "Rows {rows} should not be there.",
                    len(further),
                    rows=listed(further),
                )
            )
        if missing and self.rules.visible and _named(self.expected.index):
            told.append(_("Missing: {rows}.", rows=listed(missing)))
        yield TableDifference(sentences([*told, self._twice()]))

    def _twice(self) -> str:
        """Return that rows are there twice, where only in the student's table some are."""
        more = [len(table.columns) and _repeated(table) for table in (self.actual, self.expected)]
        if not more[0] or more[1]:
            return ""
        return ngettext_lazy(
            "{count:,} row is there more than once.",
            "{count:,} rows are there more than once.",
            more[0],
        )

    def _labels(self) -> Iterator[TableDifference]:
        own, wanted = self.actual.index, self.expected.index
        if own is None or wanted is None:
            return
        if not self.rules.index and self.expected.form != INDEX:
            return
        levels, needed = len(own.names), len(wanted.names)
        if levels != needed:
            yield TableDifference(
                ngettext_lazy(
                    "The index has {count:,} level; expected {right}.",
                    "The index has {count:,} levels; expected {right}.",
                    levels,
                    right=needed,
                )
            )
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
            text = _(
                "The rows are still called {found}; they should be counted anew from {start}"
                " (`.reset_index(drop=True)`)."
            )
            yield TableDifference(text.format(found=listed(found, 4), start=wanted.bounds[0]))
        elif permuted:
            yield TableDifference(self._with_right(_("The rows are in another order."), right))
        else:
            yield self._other_labels(own, wanted)

    def _other_labels(self, own: Labels, wanted: Labels) -> TableDifference:
        if wanted.kind != RANGE and own.kind == RANGE:
            name = wanted.names[0]
            text = _("The rows are only numbered; they should be named (`.set_index(...)`).")
            if name is not None:
                text = _(
                    "The rows are only numbered; they should be named by {name}"
                    " (`.set_index(...)`)."
                )
            return TableDifference(text.format(name=shown_name(name)))
        found, right = labels_of(own), labels_of(wanted)
        wrong = [one for one, two in zip(found, right, strict=True) if not self._same(one, two)]
        text = _(
            "{rows} of {total:,} have another name than they should have in the index: {names}.",
            rows=counted_rows(len(wrong)),
            total=len(found),
            names=listed(wrong),
        )
        return TableDifference(self._with_right(text, right))

    def _with_right(self, text: str, right: Sequence[Any]) -> str:
        """Return a text with what the rows should be called, where that may be shown."""
        shown = _("Expected: {names}.", names=listed(right)) if self.rules.visible else ""
        return sentences([text, shown])

    def _same(self, actual: Any, expected: Any) -> bool:
        return same_cell(actual, expected, self.rules.tolerance)

    def _index_names(self, own: Labels, wanted: Labels) -> Iterator[TableDifference]:
        if own.names != wanted.names:
            text = _("The index is called {found}; expected {right}.")
            yield TableDifference(text.format(found=listed(own.names), right=listed(wanted.names)))

    def _kinds(self) -> Iterator[TableDifference]:
        """Give the columns that hold another kind of values."""
        if not self.rules.dtypes or not self.actual.rows:
            return
        for pair in self._pairs():
            found, right = pair.found, pair.right
            if found.kind == right.kind or found.cells.count(None) == len(found):
                continue
            text = _("{name} holds {found} ({dtype}); {right} ({right_dtype}) are needed.")
            text = text.format(
                name=pair.called(self.name),
                found=found.kind,
                dtype=found.dtype,
                right=right.kind,
                right_dtype=right.dtype,
            )
            yield TableDifference(text, self._entry(pair.name))

    def _pairs(self) -> list[ColumnPair]:
        """Return the columns of both tables, those that are called alike together."""
        if self.expected.form != FRAME:
            columns = zip(self.actual.columns, self.expected.columns, strict=True)
            return [ColumnPair("", values_of(found), values_of(right)) for found, right in columns]
        places: dict[Any, list[int]] = {}
        for place, name in enumerate(labels_of(self.actual.header)):
            places.setdefault(name, []).append(place)
        return [
            ColumnPair(
                shown_name(name),
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
            pairs = [ColumnPair(each.name, each.found, each.right.taken(places)) for each in pairs]
        elif self._only_order(pairs):
            yield TableDifference(_("The rows are right, but in another order."))
            return
        for pair in pairs:
            text = column_difference(pair, pairs, labels, self.name, rules)
            if text:
                yield TableDifference(text, self._entry(pair.name))

    def _in_their_order(self, labels: Sequence[Any]) -> list[int] | None:
        """Return where the right rows of the same names are; None where names do not tell."""
        if not self.rules.index or not _named(self.expected.index):
            return None
        named = enumerate(labels_of(self.expected.index))
        places = {_plain(label): place for place, label in named}
        if len(places) != len(labels) or any(_plain(label) not in places for label in labels):
            return None
        return [places[_plain(label)] for label in labels]

    def _only_order(self, pairs: Sequence[ColumnPair]) -> bool:
        """Return whether the rows are those that are needed, and only stand in other places."""
        tolerance = self.rules.tolerance
        if all(agree(pair.found, pair.right, tolerance).all() for pair in pairs):
            return False
        if _named(self.expected.index) and self.rules.index:
            return False
        return rows_apart(*_sides(pairs), tolerance) == ([], [])


def _sides(pairs: Sequence[ColumnPair]) -> tuple[list[Values], list[Values]]:
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
