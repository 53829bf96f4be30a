"""The option that names the course, and which one is used without it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import click

from grader.errors import UsageError
from grader.language import gettext as _
from grader.language import translated

if TYPE_CHECKING:
    from grader.course import Course
    from grader.course.locate import UntrustedCourse

COURSE: Final = click.option(
    "--course",
    "course_folder",
    metavar="DIR",
    type=click.Path(path_type=Path, readable=False),
    help="The course's folder; else the nearest trusted one, else the one that comes with bpgrade.",
)


def chosen_course(
    folder: Path | None,
    *,
    otherwise: Literal["shipped", "error"] = "shipped",
    submissions: Path | None = None,
) -> Course:
    """Load the course that the user means, asking on a terminal whether to trust it.

    Parameters
    ----------
    folder : Path or None
        What `--course` names.
    otherwise : {"shipped", "error"}
        Whether the course that ships takes the place of one that is not trusted, with a line that
        says so, or whether the command ends there.
    submissions : Path, optional
        What is to be graded: a course in there is never found.
    """
    from grader.course.locate import find_course, refuse

    def decide(found: UntrustedCourse) -> bool:
        if found.reason in ("unknown", "changed") and _on_terminal():
            return _asked(found)
        if otherwise == "error" and found.may_be_trusted:
            return refuse(found)
        click.echo(f"bpgrade: {translated(found.notice)}", err=True)
        return False

    return find_course(folder, Path(), decide=decide, submissions=submissions)


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _asked(found: UntrustedCourse) -> bool:
    from grader.course import trust

    click.echo(f"bpgrade: {translated(found.question)}", err=True)
    trusted = click.confirm(_("Trust it from now on?"), err=True)
    try:
        trust.remember(found.folder, trusted)
    except UsageError as error:  # the answer counts for this once
        click.echo(f"bpgrade: {translated(error.message)}", err=True)
    if not trusted:
        click.echo(f"bpgrade: {translated(found.notice)}", err=True)
    return trusted
