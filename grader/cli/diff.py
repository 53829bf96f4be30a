"""`bpgrade diff OUT1 OUT2`: what a regrade or a changed check did to whose grade."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.report.differences import CheckChange, Comparison, Difference

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
                "decided": one.decided,
                "resubmitted": one.resubmitted,
                "checks": [asdict(check) for check in one.checks],
            }
            for one in comparison.differences
        ],
    }


def _tell(comparison: Comparison, most: int) -> None:
    grades = comparison.grades
    up = sum(one.change > 0 for one in grades)
    down = sum(one.change < 0 for one in grades)
    other = len(grades) - up - down
    parts = [f"{up} up", f"{down} down"] + ([f"{other} new, gone or ungraded"] if other else [])
    told = f"{len(grades)} different: {', '.join(parts)}" if grades else "no grade changed"
    click.echo(f"{comparison.compared} grades compared, {told}.")
    if comparison.by_check:
        click.echo("\nBy check:")
        for check, number in comparison.by_check[:most]:
            click.echo(f"  {number:5}  {_check(check)}")
    if grades:
        click.echo("\nBy student:")
        for one in grades[:most]:
            click.echo(f"  {_grade(one)}")
        if len(grades) > most:
            click.echo(f"  ... and {len(grades) - most} more; --all shows them")
    hidden = len(comparison.differences) - len(grades)
    if hidden:
        click.echo(f"\n{hidden} more have the same grade but passed different checks; see --json.")


def _check(check: CheckChange) -> str:
    from grader.report.safe_text import visible

    before, after = check.before or "not there", check.after or "gone"
    title = visible(check.title, lines=False)
    return f"{before} -> {after}: {visible(check.function, lines=False)}: {title}"


def _grade(one: Difference) -> str:
    from grader.report.safe_text import visible

    who = one.student.id
    if one.student.name not in ("", who):
        who = f"{one.student.name} ({who})"
    sign = f" ({one.change:+g})" if one.change else ""
    again = ", another file" if one.resubmitted else ""
    again += ", as decided" if one.decided else ""
    before, after = _standing(one.before, one.score_before), _standing(one.after, one.score_after)
    shown = visible(f"{who}, {one.exercise}", lines=False)
    return f"{shown}: {before} -> {after}{sign}{again}"


def _standing(status: str, score: float | None) -> str:
    if score is not None:
        return f"{score:g}"
    return "to be graded by hand" if status == "pending" else status
