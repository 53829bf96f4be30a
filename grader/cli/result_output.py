"""How a command shows a result on standard output, and the exit code that it leads to."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from grader.result import Result

_TERMINALS: Final = frozenset(("FORCE_COLOR", "TTY_COMPATIBLE"))
"""Variables by which rich takes for a terminal what is none."""


def output_for(*, as_json: bool, plain: bool) -> Callable[[Result], None]:
    """Return what shows a result as it is asked for: as JSON, in words, or drawn."""
    return json_line if as_json else words if plain else drawn


def json_line(result: Result) -> None:
    """Print a result as one line of JSON."""
    click.echo(result.to_json())


def words(result: Result) -> None:
    """Tell a result in words alone."""
    from grader.report.plain_text import plain_report

    click.echo(plain_report(result, sys.stdout.encoding or "utf-8"))


def drawn(result: Result) -> None:
    """Draw the report where it can be seen; else tell it in words."""
    if not _may_be_terminal():
        words(result)
        return
    from rich.console import Console

    from grader.report.page import can_draw

    console = Console()
    if not can_draw(console):
        words(result)
        return
    from grader.report.terminal import render

    render(result, console)


def _may_be_terminal() -> bool:
    """Return whether rich is to be asked, whose import takes longer than to tell a result."""
    return sys.stdout.isatty() or not _TERMINALS.isdisjoint(os.environ)


def exit_code(result: Result) -> int:
    """Return 0 for full marks, 1 where points are lost, 3 where the grader failed."""
    if result.status == "ungraded":
        return 3
    return 0 if result.full_marks else 1
