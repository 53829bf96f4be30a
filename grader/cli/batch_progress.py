"""The progress of a batch on standard error: rate, time left, counts by outcome."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grader.language import clauses, translated
from grader.language import gettext as _

if TYPE_CHECKING:
    from grader.batch.run import Counts


@contextmanager
def shown(total: int, quiet: bool) -> Iterator[Callable[[Counts], None]]:
    """Give what shows the counts; nothing is shown where quiet, or not on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda _counts: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    with Progress(
        TextColumn(_("Grading")),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
        console=Console(stderr=True),
        refresh_per_second=5,
    ) as bar:
        task = bar.add_task("", total=total, rate="", counts="")

        def show(counts: Counts) -> None:
            speed = bar.tasks[0].finished_speed or bar.tasks[0].speed
            bar.update(
                task,
                completed=counts.ended,
                rate=f"{speed:.0f}/s" if speed else "",
                counts=_words(counts),
            )

        yield show


def _words(counts: Counts) -> str:
    failed = counts.ungraded + counts.unreadable
    parts = (
        (counts.full_marks, _("{count} full marks", count=counts.full_marks)),
        (counts.points_lost, _("{count} lost points", count=counts.points_lost)),
        (counts.by_hand, _("{count} with parts by hand", count=counts.by_hand)),
        (failed, _("{count} ungraded", count=failed)),
    )
    return translated(clauses(told for number, told in parts if number))
