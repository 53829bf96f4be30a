"""`bpgrade diff OUT1 OUT2`: what a regrade or a changed check did to whose grade."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.language import clauses, ngettext, translated
from grader.language import gettext as _

if TYPE_CHECKING:
    from grader.report.differences import Comparison, Difference

_SHOWN = 50


@click.command("diff", epilog="Example: bpgrade diff graded graded-again")
@click.argument("before", metavar="OUT1", type=click.Path(path_type=Path))
@click.argument("after", metavar="OUT2", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--all", "show_all", is_flag=True, help=f"Every grade, not just the first {_SHOWN}.")
def command(before: Path, after: Path, as_json: bool, show_all: bool) -> int:
    """Compare two batches: whose grade is another one, and by which checks.

    OUT1 and OUT2 are folders that `bpgrade batch` wrote, before and after.

    Exit code: 0 no grade changed, 1 some did, 2 a path or an option is wrong.
    """
    from grader.decisions.results import read_graded
    from grader.report.differences import compare

    comparison = compare(read_graded(before), read_graded(after))
    if as_json:
        click.echo(json.dumps(_document(comparison), allow_nan=False))
    else:
        _tell(comparison, len(comparison.grades) if show_all else _SHOWN)
    return 1 if comparison.grades else 0


def _document(comparison: Comparison) -> dict[str, object]:
    return {
        "schema": "bpgrade-diff/1",
        "compared": comparison.compared,
        "differences": [
            {
                "student": {"id": one.student.id, "name": one.student.name},
                "exercise": one.exercise,
                "before": {"status": one.before, "score": one.score_before},
                "after": {"status": one.after, "score": one.score_after},
                "so_far": one.so_far,
                "decided": one.decided,
                "resubmitted": one.resubmitted,
                "checks": [asdict(check) for check in one.checks],
            }
            for one in comparison.differences
        ],
    }


def _tell(comparison: Comparison, most: int) -> None:
    from grader.report.difference_words import told_check, told_counts

    grades = comparison.grades
    click.echo(translated(told_counts(comparison)))
    if comparison.by_check:
        click.echo("\n" + _("By check:"))
        for check, number in comparison.by_check[:most]:
            click.echo(f"  {number:5}  {translated(told_check(check))}")
    if grades:
        click.echo("\n" + _("By student:"))
        for one in grades[:most]:
            click.echo(f"  {_grade(one)}")
        if len(grades) > most:
            click.echo("  " + _("... and {count} more; --all shows them", count=len(grades) - most))
    hidden = len(comparison.differences) - len(grades)
    if hidden:
        told = ngettext(
            "{count} more has the same grade but passed different checks; see --json.",
            "{count} more have the same grade but passed different checks; see --json.",
            hidden,
        )
        click.echo(f"\n{told}")


def _grade(one: Difference) -> str:
    from grader.report.difference_words import told_change
    from grader.report.safe_text import visible

    who = one.student.id
    if one.student.name not in ("", who):
        who = f"{one.student.name} ({who})"
    shown = visible(_("{who}, {exercise}", who=who, exercise=one.exercise), lines=False)
    told = [_("{who}: {change}", who=shown, change=told_change(one))]
    if one.resubmitted:
        told.append(_("another file"))
    if one.decided:
        told.append(_("as decided"))
    return translated(clauses(told))
