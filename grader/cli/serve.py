"""`bpgrade serve`: a server on which students hand in through a browser."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.serve_backup import backup, restore
from grader.cli.serve_person import delete_person, export_person
from grader.cli.serve_sync import sync
from grader.cli.server_folder import named
from grader.errors import UsageError
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy

if TYPE_CHECKING:
    from grader.server.serving import PreparedServer

_ON_A_CLUSTER = 32


@click.group(
    "serve",
    invoke_without_command=True,
    subcommand_metavar="[COMMAND]",
    epilog="Example: bpgrade serve --course my-course --data /srv/grading",
)
@click.option(
    "--course",
    "courses",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="A course's folder, solutions included. Can be given several times.",
)
@click.option(
    "--data",
    metavar="DIR",
    type=click.Path(path_type=Path, file_okay=False),
    help="The server's own folder, with its database and secret key. Made if it does not exist.",
)
@click.option(
    "--database",
    metavar="URL",
    default="",
    help="postgresql://user:password@host/name.  [default: as last time; SQLite at first]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port."
)
@click.option(
    "--address",
    metavar="URL",
    default="",
    help="The address that browsers use, if the server is behind a proxy.",
)
@click.option(
    "--private-platforms",
    is_flag=True,
    help="Allow learning platforms at addresses in private networks.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=0),
    default=None,
    help="How many submissions to grade at a time.  [default: one for each core; 32 on a cluster]",
)
@click.option("--worker", is_flag=True, help="Only grade, for a server that runs elsewhere.")
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    default="",
    help="Grade on the dask cluster of this scheduler, tcp://HOST:PORT or tls://HOST:PORT.",
)
@click.pass_context
def command(
    context: click.Context,
    courses: tuple[Path, ...],
    data: Path | None,
    database: str,
    host: str,
    port: int,
    address: str,
    private_platforms: bool,
    workers: int | None,
    worker: bool,
    scheduler: str,
) -> int:
    """Let students hand in through a browser, and see the feedback in a second.

    Prints the address, and at the first start a link that makes the first instructor. Submissions
    are graded in strict isolation; where that can't be had, the server refuses to start.

    Exit code: 0 stopped, 2 an option is wrong, 3 it could not be run.
    """
    from grader.extras import check_installed

    check_installed("server", lazy("the server"))  # for its processes, which need not ask again
    if context.invoked_subcommand:
        return 0
    data = named(data)
    from grader.server import addresses, serving
    from grader.server import configuration as settings

    serving.cluster_at(scheduler)  # what is wrong with it is said before anything is started
    most = _ON_A_CLUSTER if scheduler else len(os.sched_getaffinity(0))
    threads = most if workers is None else workers
    if worker:
        serving.work(settings.read(data), threads, _say, scheduler)
        return 0
    if not courses:
        raise UsageError(lazy("no course is named"), lazy("name one with --course DIR"))
    folders = tuple(str(folder.resolve()) for folder in courses)
    shown = addresses.browsers_address(address) if address else addresses.url(host, port)
    known = settings.database_of(data, database)
    made = settings.Configuration(str(data.resolve()), folders, known, shown, private_platforms)
    with settings.only_server(made), addresses.claimed(host, port) as listens_at:
        prepared = serving.prepare(made)
        return serving.run(made, listens_at, port, threads, lambda: _tell(prepared), scheduler)


for each in (backup, restore, export_person, delete_person, sync):
    command.add_command(each)


def _tell(prepared: PreparedServer) -> None:
    """Say where the server is, and how to begin."""
    click.echo(_("bpgrade is at {address}", address=prepared.configuration.address))
    if prepared.first_link:
        click.echo(
            _(
                "Become the first instructor with this link, which works once: {link}",
                link=prepared.first_link,
            )
        )
    click.echo(_("Ctrl-C stops it; nothing that was handed in is lost."))
    sys.stdout.flush()


def _say(line: str) -> None:
    click.echo(f"bpgrade: {line}", err=True)
