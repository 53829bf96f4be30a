"""decisions.csv: the decisions in force as a table, to be edited in a spreadsheet and read back.

    number        of a decision that is in force; empty in a line that is added
    student_id    or a name, or `all`
    name          for people; it is not read
    exercise      or `all`
    decision      score, points, graded, comment, excused, withheld, extension or waiver; `undo`
                  takes back the decision of that number
    check         the check that gets the points, or the part that is graded
    value         the points, items of the rubric, the comment, or the new deadline: `3 days`,
                  `until 2026-12-05 18:00`
    reason
    remark        what the student is told of a part
    by, at        for people; they are not read: whoever reads the table decides

A line that stands as it was written changes nothing, and so does one that is left out. A numbered
line that was changed takes the place of its decision. All lines hold, or none is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from grader.decisions.decision import KINDS, Decision
from grader.decisions.proposing import DecidedBatch
from grader.errors import UsageError
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.text.tables import TableLine, lacks_columns, read_lines, refused, table_text

COLUMNS: Final = (
    "number", "student_id", "name", "exercise", "decision", "check", "value", "reason",
    "remark", "by", "at",
)  # fmt: skip
WRITE_ONE: Final = _("write one with `bpgrade decide OUT --write FILE`, and change that")
_NEEDED: Final = ("student_id", "exercise", "decision")
_WRITTEN: Final = tuple(kind for kind in KINDS if kind not in ("confirmed", "undo"))


def decisions_table(decisions: Iterable[Decision]) -> str:
    """Return the table of these decisions; without any, one to fill in."""
    return table_text(
        COLUMNS,
        (
            (
                str(one.number),
                one.student,
                one.name,
                one.exercise,
                one.kind,
                one.check,
                _value(one),
                one.reason,
                one.remark,
                one.by,
                one.at.isoformat(" ", "minutes") if one.at else "",
            )
            for one in decisions
        ),
    )


def read_table(path: Path, batch: DecidedBatch, *, by: str, reason: str) -> tuple[Decision, ...]:
    """Return what a table decides anew.

    Parameters
    ----------
    path : Path
    batch : DecidedBatch
        What its lines are held against.
    by : str
        Who reads it.
    reason : str
        For lines that have none.

    Raises
    ------
    UsageError
        It cannot be read, or some lines do not hold; each is named.
    """
    titles, lines = read_lines(path, WRITE_ONE)
    if lacking := [title for title in _NEEDED if title not in titles]:
        raise UsageError(lacks_columns(path, lacking), WRITE_ONE)
    found: list[Decision] = []
    problems: list[tuple[int, str]] = []
    said: dict[tuple[object, ...], int] = {}
    for line in lines:
        try:
            own = _decided(line, batch, by, reason)
            for one in own:
                _once(one, line.number, said)
            found += own
        except UsageError as error:
            problems.append((line.number, error.in_one_line))
    if problems:
        raise refused(path, problems)
    return tuple(found)


def _once(one: Decision, line: int, said: dict[tuple[object, ...], int]) -> None:
    """Refuse a second answer to one question."""
    what = one.value if one.kind == "undo" else ""
    first = said.setdefault((one.student, one.exercise, one.facet, what), line)
    if first != line:
        raise UsageError(_("line {line} decides the same", line=first), _("leave one of both"))


def _decided(line: TableLine, batch: DecidedBatch, by: str, reason: str) -> list[Decision]:
    """Return what one line decides: nothing where it stands as it was written."""
    kind = line["decision"].casefold()
    number = line["number"]
    if kind == "undo":
        return [batch.undone(number, by=by, reason=line["reason"] or reason)]
    if kind not in _WRITTEN:
        raise UsageError(
            _("{text!r} is no decision", text=line["decision"])
            if kind
            else _("the column `decision` is empty"),
            _("write one of: {kinds}", kinds=enumerated([*_WRITTEN, "undo"])),
        )
    if kind == "graded" and not number and not line["value"]:
        return []  # of a table of what is to be graded: left for later
    wanted = Decision(
        kind=kind,
        student=line["student_id"],
        exercise=line["exercise"],
        value=line["value"],
        check=line["check"],
        reason=line["reason"] or reason,
        remark=line["remark"],
        by=by,
    )
    if not number:
        return [of_this_answer(batch.checked(wanted), line["answer_id"])]
    recorded = next((one for one in batch.decisions if str(one.number) == number), None)
    if recorded is not None and _stands(line, recorded):
        return []
    old = batch.numbered(number)
    if old.number not in {one.number for one in batch.held.decisions}:
        raise UsageError(
            _("decision {number} was replaced since this table was written", number=number),
            _("write the table again"),
        )
    return [
        batch.undone(number, by=by, reason=line["reason"] or reason),
        batch.checked(wanted),
    ]


def of_this_answer(decided: Decision, answer: str) -> Decision:
    """Refuse what was decided on an answer that does not count any more."""
    if answer and decided.kind == "graded" and decided.basis and decided.basis.answer != answer:
        raise UsageError(
            _(
                "{student} has handed in another answer to {part} since",
                student=decided.student,
                part=decided.check,
            ),
            _("write the table of what is to be graded again, and read that answer"),
            on_page=_("read the answer as it is now, and grade it"),
        )
    return decided


def _value(one: Decision) -> str:
    """Return a value that no spreadsheet takes for a date, which it would write in its own way."""
    moment = one.kind == "extension" and not one.value.endswith(("day", "days"))
    return f"until {one.value}" if moment else one.value


def _stands(line: TableLine, recorded: Decision) -> bool:
    """Whether a line says what was recorded under its number, as a spreadsheet may write it."""
    written = (
        line["decision"].casefold(), line["student_id"], line["exercise"], line["check"],
        line["value"].removeprefix("until "), line["reason"], line["remark"],
    )  # fmt: skip
    return [_plain(one) for one in written] == [_plain(one) for one in recorded.content]


def _plain(text: str) -> str:
    """Return a text in one line, a decimal comma as a point."""
    plain = " ".join(text.split())
    return plain.replace(",", ".") if plain.replace(",", "").isdecimal() else plain
