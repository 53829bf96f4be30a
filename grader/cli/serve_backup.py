"""`bpgrade serve backup` and `restore`: all that a server knows as a file, and back."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from grader.cli.server_folder import FOLDER
from grader.language import gettext as _

if TYPE_CHECKING:
    from grader.server.configuration import Configuration

FILE: Final = click.argument("file", metavar="FILE", type=click.Path(path_type=Path))


@click.command("backup", epilog="Example: bpgrade serve backup monday.zip --data /srv/grading")
@FILE
@FOLDER
def backup(file: Path, data: Path) -> None:
    """Write all that a server knows to FILE, while it runs.

    In it are the database, the secret key and the settings, not the courses. Only its owner may
    read it. It is whole, or not there; a file that is there already is left alone.
    """
    from grader.server.operations.backup import back_up

    back_up(data, file)
    size = file.stat().st_size / 1_000_000
    click.echo(_("Wrote {path}, {size} MB", path=click.format_filename(file), size=f"{size:.1f}"))


@click.command("restore", epilog="Example: bpgrade serve restore monday.zip --data /srv/new")
@FILE
@FOLDER
@click.option(
    "--database",
    metavar="URL",
    default="",
    help="postgresql://user:password@host/name, empty.  [default: SQLite in the folder]",
)
def restore(file: Path, data: Path, database: str) -> None:
    """Make a server's folder from a backup.

    The folder must be empty or not there yet, and so must a database. A backup of SQLite can be
    restored to PostgreSQL, and the other way round. One of an older version is brought up to date.
    """
    from grader.server.operations.restore import restore as put_back

    found = put_back(file, data, database)
    click.echo(
        _(
            "Restored what was backed up at {moment}: {people} people, {attempts} attempts",
            moment=found.made,
            people=found.people,
            attempts=found.attempts,
        )
    )
    click.echo(_("Start it: {command}", command=_how_to_start(found.configuration, data)))


def _how_to_start(known: Configuration, data: Path) -> str:
    courses = [word for folder in known.courses for word in ("--course", folder)]
    return shlex.join(
        ["bpgrade", "serve", *courses, "--data", str(data), "--address", known.address]
    )
