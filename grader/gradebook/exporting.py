"""Grades into a gradebook of any kind: for the command that exports, and for the desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from grader.decisions.results import Graded
from grader.errors import UsageError
from grader.gradebook.canvas import fill_canvas
from grader.gradebook.filling import Filled
from grader.gradebook.grades import chosen, grade_of, those_handed_in
from grader.gradebook.moodle import fill_moodle, new_moodle
from grader.gradebook.plain_csv import fill_table, new_table
from grader.gradebook.sheet import Source
from grader.language import clauses, ngettext_lazy
from grader.language import gettext_lazy as _

Format = Literal["canvas", "moodle", "csv"]


def filled_gradebook(
    format: Format,
    graded: Iterable[Graded],
    into: Source | None,
    exercise: str | None,
    column: str | None,
) -> Filled:
    """Return the platform's own export with the grades in it, or a new table.

    Parameters
    ----------
    format : {"canvas", "moodle", "csv"}
    graded : iterable of Graded
    into : Source or None
        The export; a copy of it gets the grades. Canvas needs one.
    exercise : str or None
        Only this exercise.
    column : str or None
        The title of the export's column for its grades; by the exercise's name where none is given.

    Raises
    ------
    UsageError
        The export is not one of the platform, or it is not clear where the grades go.
    """
    grades = chosen(map(grade_of, those_handed_in(graded)), exercise)
    if into is not None:
        fill = {"canvas": fill_canvas, "moodle": fill_moodle, "csv": fill_table}[format]
        return fill(into, grades, column)
    if format == "canvas":
        raise UsageError(
            _("Canvas matches people by what is in its own export"),
            _("in Canvas: Grades, Export, Export Entire Gradebook; then add --into THAT.csv"),
        )
    return new_moodle(grades) if format == "moodle" else new_table(grades)


def told_filled(filled: Filled, *, is_new: bool) -> str:
    """Return how many grades were written, and where to; `is_new` is for a table of our own."""
    if filled.columns and not is_new:
        written = ngettext_lazy(
            "{count} grade written into {columns}",
            "{count} grades written into {columns}",
            filled.written,
            columns=_(", ").join(filled.columns),
        )
    else:
        written = ngettext_lazy("{count} grade written", "{count} grades written", filled.written)
    parts = [written]
    if filled.changed:
        parts.append(_("{count} changed", count=filled.changed))
    if filled.same:
        parts.append(_("{count} were there already", count=filled.same))
    return clauses(parts)
