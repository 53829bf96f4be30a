"""What `bpgrade decide` says: the decisions that hold, and what a new one changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.language import gettext as _
from grader.language import ngettext, translated

if TYPE_CHECKING:
    from grader.decisions.recording import DecisionsOverview, WrittenGrades

_SHOWN = 20


def list_decisions(
    found: DecisionsOverview, ever: int, student: str | None, exercise: str | None
) -> None:
    """List the decisions that hold, of all or of one student and exercise."""
    from grader.decisions.decision_words import called, told

    shown = [
        one
        for one in found.in_force
        if student in (None, one.student) and exercise in (None, one.exercise)
    ]
    for one in shown:
        when = f"{one.at:%Y-%m-%d %H:%M}" if one.at else ""
        by = _("({who}, {when})", who=_safe(one.by), when=when)
        click.echo(f"{one.number:4}  {translated(told(one))}   {by}")
    looked = [
        (grade, line)
        for grade, line in found.to_look_at
        if student in (None, grade.student.id) and exercise in (None, grade.exercise)
    ]
    if looked or found.about_nobody:
        click.echo("\n" + _("To look at; --confirm or another decision ends the remark:"))
    for grade, line in looked:
        click.echo("  " + _("{who}: {remark}", who=called(grade), remark=_safe(line)))
    for one in found.about_nobody:
        fields = {"number": one.number, "decision": told(one)}
        click.echo("  " + _("{number} is about nobody in this batch: {decision}", **fields))
    if found.to_grade and student is None and exercise is None:
        parts = ngettext("{count} part", "{count} parts", found.to_grade)
        grades = ngettext("{count} grade", "{count} grades", found.waiting)
        waiting = _(
            "{parts} of {grades} to be graded by hand;"
            " --write CSV --to-grade writes them with the answers.",
            parts=parts,
            grades=grades,
        )
        click.echo(f"\n{waiting}")
    rest = ever - len(found.in_force)
    if student is None and exercise is None and rest:
        click.echo(
            ngettext(
                "{count} more line in the record: replaced, taken back.",
                "{count} more lines in the record: replaced, taken back.",
                rest,
            )
        )
    if not shown:
        click.echo(_("Nothing is decided."))


def tell(out: Path, written: WrittenGrades) -> None:
    """Say what was decided, and which grades change by it."""
    from grader.decisions.decision_words import called, edited_lines, standing, told

    if written.notice:
        click.echo(f"bpgrade: {translated(written.notice)}", err=True)
    if written.edited is not None and not any(one.kind == "score" for one in written.new):
        first, second = edited_lines(out, written.edited)
        click.echo(f"bpgrade: {translated(first)}\n{translated(second)}", err=True)
    for one in written.new[:_SHOWN]:
        click.echo(f"{one.number:4}  {translated(told(one))}")
    if len(written.new) > _SHOWN:
        click.echo("      " + _("... and {count} more", count=len(written.new) - _SHOWN))
    if not written.new:
        click.echo(_("Nothing new is decided there."))
        return
    for before, after in written.changed[:_SHOWN]:
        change = f"{translated(standing(before))} -> {translated(standing(after))}"
        click.echo(_("{who}: {change}", who=called(after), change=change))
    if len(written.changed) > _SHOWN:
        more = len(written.changed) - _SHOWN
        click.echo(
            ngettext(
                "... and {count} more grade changed", "... and {count} more grades changed", more
            )
        )
    if not written.changed:
        click.echo(_("No grade changes by it."))
    if (out / "report").exists():
        click.echo(_("The pages follow with `{command}`.", command=f"bpgrade report {out}"))


def _safe(text: str) -> str:
    from grader.report.safe_text import visible

    return visible(text, lines=False)
