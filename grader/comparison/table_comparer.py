"""The part of `compare` that is for tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from grader.comparison import values
from grader.comparison.check_failure import CheckFailure
from grader.comparison.table_columns import form_in_words, table_of
from grader.comparison.table_comparison import differences
from grader.comparison.table_values import Rules
from grader.comparison.value_words import kind_in_words
from grader.language import authored, joined
from grader.language import gettext_lazy as _
from grader.sandbox.child.tables.table import described

RESULT: Final = _("the result")
"""What a value is called that has no name."""


class TableComparer:
    """Compares tables; `visible` says whether the student may see what is right.

    What the author calls values is looked up in the catalogues beside the `course`, its folder.
    """

    def __init__(self, visible: bool, course: Path | None = None) -> None:
        self._visible = visible
        self._course = course

    def _called(self, name: str) -> str:
        """Return a text of the author as a message."""
        return name if self._course is None else authored(self._course, name)

    def table(
        self,
        actual: Any,
        expected: Any,
        name: str = RESULT,
        *,
        order: bool = True,
        column_order: bool = True,
        dtypes: bool = True,
        index: bool = True,
        rtol: float = 1e-9,
        atol: float = 1e-12,
    ) -> None:
        """Hold a table against the right one: its columns, its rows, what they are called.

        Parameters
        ----------
        actual : object
            Whatever came out of the sandbox.
        expected : DataFrame, Series, Index, or dict of str to sequence
            The right one; a dictionary stands for a table with these columns.
        name : str
            What it is called.
        order : bool
            Whether the order of the rows counts.
        column_order : bool
            Whether the order of the columns counts; of a Series, its name.
        dtypes : bool
            Whether it counts what kind of values a column holds: whole numbers, numbers, texts,
            truth values, moments, categories. How wide they are never counts.
        index : bool
            Whether it counts what the rows are called. It does not for a dictionary.
        rtol, atol : float
            As for `close`.
        """
        right = table_of(expected)
        if right is None:
            raise TypeError(
                f"compare.table needs a table to compare with, not {kind_in_words(expected)}"
            )
        found = described(actual)
        if found is None:
            text = _("{name} is {kind}; {form} is needed.")
            text = text.format(
                name=self._called(name), kind=kind_in_words(actual), form=form_in_words(right.form)
            )
            raise CheckFailure(text, [name])
        tolerance = values.Tolerance(rtol, atol)
        rules = Rules(order, column_order, dtypes, index, tolerance, self._visible)
        problems = differences(found, right, self._called(name), rules)
        if problems:
            raise CheckFailure(
                joined(*(problem.text for problem in problems), separator="\n"),
                [entry for problem in problems for entry in problem.entries],
            )
