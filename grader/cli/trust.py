"""`bpgrade trust DIR`: let the code of a course run here."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from grader.errors import UsageError
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import translated

_WIDTH: Final = 8
_STATES: Final = {
    "trusted": lazy("trusted"),
    "refused": lazy("refused"),
    "changed": lazy("changed"),
    "unknown": lazy("unknown"),
    "gone": lazy("gone"),
}


@click.command("trust", epilog="Example: bpgrade trust statistics")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--list", "listed", is_flag=True, help="List the courses that you decided on.")
@click.option(
    "--remove",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Forget what you decided on the course in DIR.",
)
def command(folder: Path | None, listed: bool, remove: Path | None) -> None:
    """Use the course in DIR without --course from now on, in DIR and the folders in it.

    A course's checks are code that runs with your rights. So a course that bpgrade merely finds in
    your folder or above it is used only if you have named it with --course, made it with `bpgrade
    author new`, or trusted it once. Where its files get another owner, trust it again.
    """
    if (folder is not None) + listed + (remove is not None) != 1:
        raise UsageError(
            lazy("give one of: the folder of a course, --list, --remove DIR"),
            lazy("to trust the course in this folder: bpgrade trust ."),
        )
    if folder is not None:
        _trust(folder)
    elif remove is not None:
        _remove(remove)
    else:
        _list()


def _trust(folder: Path) -> None:
    from grader.course import load_course, trust
    from grader.course.locate import course_folder

    course = load_course(course_folder(folder))
    trust.remember(course.folder, True)
    path = click.format_filename(course.folder)
    click.echo(_("Trusted: {path}, the course {name}", path=path, name=course.name))


def _remove(folder: Path) -> None:
    from grader.course import trust

    if not trust.forget(folder):
        raise UsageError(
            lazy("nothing was decided on {path}", path=folder),
            lazy("bpgrade trust --list shows the folders"),
        )
    click.echo(_("Forgotten: {path}", path=click.format_filename(folder.resolve())))


def _list() -> None:
    from rich.cells import cell_len, set_cell_size

    from grader.course import trust

    widest = max(_WIDTH, *(cell_len(translated(each)) for each in _STATES.values()))
    for decision in trust.decisions():
        there = decision.folder.is_dir()
        state = translated(_STATES[trust.standing(decision.folder) if there else "gone"])
        click.echo(f"{set_cell_size(state, widest)} {click.format_filename(decision.folder)}")
