"""`bpgrade serve sync`: the gradebooks of learning platforms held against what counts."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.server_folder import FOLDER
from grader.errors import BpgradeError
from grader.language import gettext as _
from grader.language import ngettext


@click.command("sync", epilog="Example: bpgrade serve sync --data /srv/grading")
@FOLDER
@click.option("--send", is_flag=True, help="Send the grades that differ again.")
def sync(data: Path, send: bool) -> int:
    """Compare the gradebooks of learning platforms with what counts, and say what differs.

    A grade that somebody has changed on the platform is listed, and never sent over.

    Exit code: 0 all are the same, 1 some differ, 2 an option is wrong, 3 a platform can't be read.
    """
    from grader.server.operations.opening import opened

    with opened(data):
        return _compared(send=send)


def _compared(*, send: bool) -> int:
    from grader.server.lti import sync as comparing

    columns = comparing.columns_of()
    differing = sent = 0
    unread = False
    for column in columns:
        try:
            for one in comparing.discrepancies(column):
                differing += 1
                click.echo(str(one))
                if send and one.is_ours:
                    comparing.send(one)
                    sent += 1
        except BpgradeError as error:
            unread = True
            click.echo(f"{column.course}, {column.exercise}: {error}", err=True)
    click.echo(
        ngettext("{count} grade differs.", "{count} grades differ.", differing).format(
            count=differing
        )
    )
    if sent:
        click.echo(_("The server sends {count} of them again.", count=sent))
    return 3 if unread else int(differing > 0)
