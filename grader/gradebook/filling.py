"""Putting grades into the columns of an export: each platform says which, and what may change."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Final

from grader.errors import UsageError
from grader.gradebook.grades import NO_GRADE, Grade, number_of, rounded, without_grade
from grader.gradebook.people import Matches
from grader.gradebook.sheet import Sheet, plain_title
from grader.language import enumerated, joined, ngettext_lazy
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.text.tables import guarded

_MARK: Final = "bpgrade: "


@dataclass(slots=True)
class Filled:
    """What became of a gradebook: the file, and what to tell of it.

    Attributes
    ----------
    columns : list of str
        The columns that were filled.
    written, changed, same : int
        Cells that were empty, that held another grade, and that held this one.
    left_out : list of str
        Grades that were not written, and why.
    notes : list of str
        What else the instructor should know.
    """

    data: bytes = b""
    columns: list[str] = field(default_factory=list)
    written: int = 0
    changed: int = 0
    same: int = 0
    left_out: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the grades of one exercise go.

    Attributes
    ----------
    column : int
    digits : int
        How many digits after the point the platform keeps.
    possible : callable
        Gives for a row what full marks are there; None where nothing says so.
    locked : callable
        Gives for a row why its cell must stay as it is; nothing where it need not.
    comments : int or None
        The column for a comment on each grade.
    excused : str
        What the platform writes for who is excused; empty where it has no word.
    """

    column: int
    digits: int
    possible: Callable[[int], Fraction | None] = lambda _row: None
    locked: Callable[[int], str] = lambda _row: ""
    comments: int | None = None
    excused: str = ""


def fill(sheet: Sheet, matches: Matches, targets: Mapping[str, Target]) -> Filled:
    """Write the grades into the sheet and return what became of it."""
    filled = Filled(left_out=list(matches.left_out))
    filled.columns = [sheet.header[target.column] for target in targets.values()]
    scales: Counter[tuple[Fraction, Fraction]] = Counter()
    apart: list[Grade] = []
    for row, grades in matches.rows.items():
        for grade in grades:
            target = targets.get(grade.exercise)
            if target is None:
                continue
            if grade.points is not None:
                _write(sheet, row, grade, target, filled, scales)
            elif grade.standing in ("excused", "withheld", "pending"):
                apart.append(grade)
                if grade.standing == "excused" and target.excused:
                    _excuse(sheet, row, target, filled)
    word = next((target.excused for target in targets.values() if target.excused), "")
    filled.notes += without_grade(apart, excused=word or NO_GRADE)
    for (most, possible), number in scales.items():
        filled.notes.append(
            ngettext_lazy(
                "{count} score of {most} points was scaled to the {possible} points of the"
                " gradebook",
                "{count} scores of {most} points were scaled to the {possible} points of the"
                " gradebook",
                number,
                most=rounded(most, 2),
                possible=rounded(possible, 2),
            )
        )
    if risky := sheet.formulas():
        filled.notes.append(
            ngettext_lazy(
                "{count} cell of the export begins like a formula and was kept: import the file"
                " without opening it in a spreadsheet",
                "{count} cells of the export begin like a formula and were kept: import the file"
                " without opening it in a spreadsheet",
                risky,
            )
        )
    filled.data = sheet.to_bytes()
    return filled


def _write(
    sheet: Sheet,
    row: int,
    grade: Grade,
    target: Target,
    filled: Filled,
    scales: Counter[tuple[Fraction, Fraction]],
) -> None:
    who = grade.student.name or grade.student.id
    if reason := target.locked(row):
        filled.left_out.append(_("{student}: {reason}", student=who, reason=reason))
        return
    possible = target.possible(row)
    points = grade.out_of(possible)
    assert points is not None
    if possible and grade.max_points and possible != grade.max_points:
        scales[grade.max_points, possible] += 1
    old, new = sheet.cell(row, target.column).strip(), rounded(points, target.digits)
    if number_of(old) == number_of(new):
        filled.same += 1  # as it stands: written otherwise, it would look like a change
    else:
        filled.written += not old
        filled.changed += bool(old)
        sheet.set(row, target.column, sheet.decimal(new))
    if target.comments is not None and grade.comment:
        _comment(sheet, row, target.comments, grade.comment)


def _excuse(sheet: Sheet, row: int, target: Target, filled: Filled) -> None:
    old = sheet.cell(row, target.column).strip()
    filled.same += old == target.excused
    filled.written += not old
    filled.changed += bool(old) and old != target.excused
    sheet.set(row, target.column, target.excused)


def _comment(sheet: Sheet, row: int, column: int, comment: str) -> None:
    """Write a comment where there is none, or one of an earlier time; never over a person's."""
    old = sheet.cell(row, column)
    if not old.strip() or old.startswith(_MARK):
        sheet.set(row, column, guarded(_MARK + _escaped(comment)))


def _escaped(text: str) -> str:
    """Return text for a column that platforms show as HTML, in one line."""
    return html.escape(" ".join(text.split()), quote=False)


def choose_columns(
    titles: Mapping[int, str],
    exercises: Sequence[str],
    wanted: str | None,
    where: str,
) -> dict[str, int]:
    """Return the column of each exercise, by `wanted` or by their names.

    Raises
    ------
    UsageError
        It is not clear which one is meant.
    """
    listed = in_a_row(titles.values())
    if wanted is not None:
        if len(exercises) > 1:
            raise UsageError(
                _(
                    "--column names one column, and the results have {count} exercises",
                    count=len(exercises),
                ),
                _("add --exercise NAME, one of: {exercises}", exercises=enumerated(exercises)),
            )
        return {exercises[0]: _named(titles, wanted, where, listed)}
    found = {}
    for exercise in exercises:
        fitting = [column for column, title in titles.items() if _fits(title, exercise)]
        if not fitting and len(exercises) == len(titles) == 1:
            fitting = list(titles)
        if len(fitting) != 1:
            raise UsageError(
                _("{path} has several columns for {exercise}", path=where, exercise=exercise)
                if fitting
                else _("{path} has no column for {exercise}", path=where, exercise=exercise),
                _(
                    'name it with --exercise {exercise} --column "TITLE"; there are: {columns}',
                    exercise=exercise,
                    columns=listed,
                ),
                on_page=_(
                    "choose the exercise, and write the name of its column; there are: {columns}",
                    columns=listed,
                ),
            )
        found[exercise] = fitting[0]
    if len(set(found.values())) < len(found):
        raise UsageError(
            _("{path} has one column for several exercises", path=where),
            _(
                "export them one by one with --exercise NAME: {exercises}",
                exercises=enumerated(exercises),
            ),
            on_page=_("choose one exercise after the other"),
        )
    return found


def _named(titles: Mapping[int, str], wanted: str, where: str, listed: str) -> int:
    for exactly in (
        [column for column, title in titles.items() if title.strip() == wanted.strip()],
        [
            column
            for column, title in titles.items()
            if plain_title(wanted) in (plain_title(title), plain_title(_without_number(title)))
        ],
    ):
        if len(exactly) == 1:
            return exactly[0]
    raise UsageError(
        _("{path} has no one column {title!r}", path=where, title=wanted),
        _("there are: {columns}", columns=listed),
    )


def in_a_row(titles: Iterable[str]) -> str:
    """Return titles of columns, which may have commas in them, in a message."""
    return joined(*titles, separator=_("; ")) or _("none")


def _fits(title: str, exercise: str) -> bool:
    """Whether a title names an exercise, its letters and digits perhaps apart."""
    wanted = r"\s*".join(plain_title(exercise).replace(" ", ""))
    return re.search(rf"{wanted}(?!\d)", plain_title(_without_number(title))) is not None


def _without_number(title: str) -> str:
    """Return a title without the number that Canvas puts after it in brackets."""
    return re.sub(r"\(\d+\)\s*$", "", title)
