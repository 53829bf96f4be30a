"""`bpgrade selftest PLATFORM PACKAGE`: try a package before it is uploaded."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.language import gettext as _
from grader.language import translated
from grader.platforms.registry import NAMES

if TYPE_CHECKING:
    from grader.platforms.trial import PackageTrial


@click.command("selftest", epilog="Example: bpgrade selftest gradescope autograder.zip")
@click.argument("name", metavar="PLATFORM", type=click.Choice(NAMES))
@click.argument("package", type=click.Path(path_type=Path))
@click.option("--exercise", metavar="NAME", help="Which exercise to try; else the package's.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per submission.")
def command(name: str, package: Path, exercise: str | None, as_json: bool) -> int:
    """Try an autograder's package here: reference, stub, a hostile file, and nothing at all.

    Each goes through the package's own entry script, in a folder laid out as the platform's,
    with the bpgrade that is installed here.

    Exit code: 0 all as it must be, 1 not so, 2 a path or an option is wrong.
    """
    from grader.platforms.registry import platform
    from grader.platforms.trial import isolation_here, try_package

    isolation = isolation_here()
    if isolation != "strict":
        click.echo(
            "bpgrade: "
            + _(
                "strict isolation cannot be had here, so it is tried with basic; the platform"
                " will be asked for strict (see `bpgrade doctor`)"
            ),
            err=True,
        )
    trials = []
    for trial in try_package(platform(name), package, exercise, isolation):
        trials.append(trial)
        if as_json:
            click.echo(json.dumps(asdict(trial)))
    if not as_json:
        _show(trials)
    return 0 if all(trial.good for trial in trials) else 1


def _show(trials: list[PackageTrial]) -> None:
    from rich.console import Console
    from rich.table import Table

    from grader.report.flowing import Flowing
    from grader.report.page import can_draw

    console = Console()
    table = Table(_("submission"), _("the platform sees"), _("exit code"), _("as it must be"))
    for trial in trials:
        case = translated(trial.case)
        seen = _("not graded")
        if trial.share is not None:
            seen = _("{share} % of the points", share=f"{trial.share * 100:.4g}")
        verdict = _("yes") if trial.good else _("no: {reason}", reason=trial.remark)
        table.add_row(*map(Flowing, (case, seen, str(trial.exit_code), verdict)))
        if not can_draw(console):
            click.echo(
                _(
                    "{case}: the platform sees {seen}, exit code {code}; as it must be: {verdict}",
                    case=case,
                    seen=seen,
                    code=trial.exit_code,
                    verdict=verdict,
                )
            )
    if can_draw(console):
        console.print(table)
