"""`bpgrade show`: the task text of an exercise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.completion import exercise_names
from grader.cli.course_option import COURSE, chosen_course

if TYPE_CHECKING:
    from pathlib import Path

WIDEST = 100


@click.command("show")
@click.argument("exercise", shell_complete=exercise_names)
@COURSE
def command(exercise: str, course_folder: Path | None) -> None:
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
    from grader.course.translations import in_language
    from grader.language import current_language
    from grader.language import gettext_lazy as _

    found = chosen_course(course_folder)
    path = in_language(found.task(found.exercise(exercise)), current_language())
    text = read_text(path, _("Write the task text of the exercise there, in Markdown."))
    if sys.stdout.isatty():
        _render(text)
    else:
        from grader.report.signs import with_signs_of

        click.echo(with_signs_of(text.rstrip("\n"), sys.stdout.encoding or "utf-8"))


def _render(text: str) -> None:
    from rich.console import Console

    from grader.report.flowing_markdown import FlowingMarkdown
    from grader.report.signs import with_signs_of

    console = Console()
    text = with_signs_of(text, console.encoding)
    console.print(FlowingMarkdown(text, code_theme="ansi_dark"), width=min(console.width, WIDEST))
