"""`bpgrade show`: the task text of an exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.completion import exercise_names

if TYPE_CHECKING:
    from grader.course import Course

WIDEST = 100


def _course(folder: str | None) -> Course:
    from pathlib import Path

    from grader.course import find_course

    return find_course(Path(folder) if folder is not None else None, Path())


@click.command("show")
@click.argument("exercise", shell_complete=exercise_names)
@click.option(
    "--course",
    metavar="DIR",
    type=click.Path(readable=False),
    help="The course's folder.  [default: the nearest one above, else backpropagation]",
)
def command(exercise: str, course: str | None) -> None:
    """Print the task text of EXERCISE.

    On a terminal it is set for reading; anywhere else it is plain Markdown. Signs that the
    output's encoding lacks become the nearest that it has.

    \b
    Example:
      bpgrade show exercise1
      bpgrade show exercise1 > task.md
    """
    import sys

    from grader.course.files import read_text

    found = _course(course)
    path = found.task(found.exercise(exercise))
    text = read_text(path, "Write the task text of the exercise there, in Markdown.")
    if sys.stdout.isatty():
        _render(text)
    else:
        from grader.report.signs import with_signs_of

        click.echo(with_signs_of(text.rstrip("\n"), sys.stdout.encoding or "utf-8"))


def _render(text: str) -> None:
    from rich.console import Console
    from rich.markdown import Markdown

    from grader.report.signs import with_signs_of

    console = Console()
    text = with_signs_of(text, console.encoding)
    console.print(Markdown(text, code_theme="ansi_dark"), width=min(console.width, WIDEST))
