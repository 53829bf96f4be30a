"""`bpgrade autograde --platform NAME`: grade inside a learning platform."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from grader.cli.language_option import LANG
from grader.language import gettext_lazy as _
from grader.platforms.assessment import HIDDEN, Hidden
from grader.platforms.registry import NAMES


@click.command("autograde", epilog="Example: bpgrade autograde --platform gradescope")
@click.option(
    "--platform",
    "name",
    required=True,
    type=click.Choice(NAMES),
    metavar="NAME",
    help=f"One of: {', '.join(NAMES)}.",
)
@click.option(
    "--course",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The course's folder; else the one that comes with bpgrade.",
)
@click.option("--exercise", metavar="NAME", help="The exercise, if the file name does not say.")
@click.option(
    "--submission",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="The file or folder handed in; else where the platform puts it.",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Where the platform's files go; else where the platform reads them.",
)
@click.option(
    "--submitted",
    metavar="TIME",
    help="When it was handed in, as 2026-11-24T23:59+01:00; else as the platform says.",
)
@click.option(
    "--hidden-checks",
    "hidden",
    type=click.Choice(HIDDEN),
    help="When students see hidden checks.  [default: as usual on the platform]",
)
@click.option("--leaderboard", is_flag=True, help="Put the score on the platform's leaderboard.")
@click.option("--seed", type=click.IntRange(min=0), default=0, help="Seed for the random inputs.")
@click.option(
    "--isolation",
    type=click.Choice(["basic", "strict"]),
    default="strict",
    show_default=True,
    help="How strictly the code is isolated.",
)
@click.option(
    "--time-limit",
    "seconds",
    type=click.FloatRange(min=1.0),
    metavar="SECONDS",
    help="Give up grading after this; else a little before the platform does.",
)
@LANG
def command(
    name: str,
    course: Path | None,
    exercise: str | None,
    submission: Path | None,
    output: Path | None,
    submitted: str | None,
    hidden: Hidden | None,
    leaderboard: bool,
    seed: int,
    isolation: str,
    seconds: float | None,
) -> int:
    """Grade what was handed in and write what a platform reads; the packages' scripts call this.

    Something is always written: where nothing could be graded, it says so and why.

    Exit code: by the platform's convention; 0 where it was graded, whatever the score.
    """
    from grader.platforms.engine import GradingRequest, autograde
    from grader.platforms.platform import Surroundings
    from grader.platforms.registry import platform

    request = GradingRequest(
        course=course,
        exercise=exercise,
        seed=seed,
        isolation=isolation,
        hidden=hidden,
        leaderboard=leaderboard,
        submission=submission,
        output=output,
        submitted=_moment(submitted),
        seconds=seconds,
    )
    surroundings = Surroundings(
        environment=os.environ,
        root=Path(os.environ.get("BPGRADE_ROOT") or "/"),
        working=Path.cwd(),
        read_input=lambda: sys.stdin.buffer.read().decode("utf-8", "replace"),
    )
    return autograde(platform(name), request, surroundings)


def _moment(text: str | None) -> datetime | None:
    from grader.errors import UsageError
    from grader.platforms.metadata import moment

    if text is None:
        return None
    found = moment(text)
    if found is None:
        raise UsageError(
            _("{text} is not a time that --submitted can read", text=repr(text)),
            _("write it as 2026-11-24T23:59+01:00"),
        )
    return found if found.tzinfo else found.replace(tzinfo=UTC)
