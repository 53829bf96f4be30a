"""`bpgrade init`: the stubs and task texts of a course, ready to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from grader.cli.course_option import COURSE, chosen_course
from grader.language import gettext as _
from grader.language import translated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@click.command("init")
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(readable=False))
@COURSE
@click.option("--notebooks", is_flag=True, help="Notebooks to fill in, instead of .py files.")
def command(directory: str, course_folder: Path | None, notebooks: bool) -> None:
    """Put the exercises into DIR, ready to fill in.

    Copies a stub and a task text for every exercise, and the course's data, into DIR (default:
    this folder), and makes DIR if need be. Files that are there already are kept as they are.

    \b
    Example:
      bpgrade init backprop
      bpgrade check backprop/exercise1.py
    """
    from pathlib import Path

    from grader.course.handout import hand_out

    found = chosen_course(course_folder)
    folder = Path(directory)
    handout = hand_out(found, folder, notebooks=notebooks)
    click.echo(translated(found.title))
    if handout.written:
        names = _names(handout.written)
        told = _("wrote to this folder: {names}", names=names)
        if folder != Path():
            where = click.format_filename(folder)
            told = _("wrote to {folder}: {names}", folder=where, names=names)
        click.echo(f"  {told}")
    if handout.kept:
        click.echo("  " + _("kept as they were: {names}", names=_names(handout.kept)))
    first = found.exercises[0].name
    ending = ".ipynb" if notebooks else ".py"
    task = _quoted(folder / f"{first}.md")
    click.echo(_("Next: read {path}, fill in the functions, and run", path=task))
    option = f"--course {_quoted(course_folder)} " if course_folder is not None else ""
    click.echo(f"  bpgrade check {option}{_quoted(folder / f'{first}{ending}')}")


def _names(paths: Sequence[Path]) -> str:
    return _(", ").join(click.format_filename(path.name) for path in paths)


def _quoted(path: Path) -> str:
    """Return a path as one types it into a shell."""
    import os
    import shlex

    name = click.format_filename(path)
    if os.name == "nt":
        return f'"{name}"' if " " in name else name
    return shlex.quote(name)
