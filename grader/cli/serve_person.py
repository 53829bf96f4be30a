"""`bpgrade serve export-person` and `delete-person`: what the server holds of somebody."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.serve_backup import FILE
from grader.cli.server_folder import FOLDER
from grader.errors import UsageError
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy

_WHO = click.argument("name", metavar="ID")


@click.command(
    "export-person", epilog="Example: bpgrade serve export-person ada ada.zip --data /srv/grading"
)
@_WHO
@FILE
@FOLDER
def export_person(name: str, file: Path, data: Path) -> None:
    """Write all that the server holds of the person who logs in as ID to FILE, a zip.

    In it is what they have handed in, as files; results, decisions, roles and what they have done,
    as JSON. Passwords and keys are left out.
    """
    from grader.server.operations.opening import opened

    with opened(data):
        from grader.server.operations import personal_data

        personal_data.export(personal_data.find(name), file)
    click.echo(_("Wrote {path}", path=click.format_filename(file)))


@click.command(
    "delete-person", epilog="Example: bpgrade serve delete-person ada --data /srv/grading"
)
@_WHO
@FOLDER
@click.option("--yes", is_flag=True, help="Don't ask.")
def delete_person(name: str, data: Path, yes: bool) -> None:
    """Delete the person who logs in as ID, and all that is theirs, for good.

    Attempts, results, decisions on them, roles, links and sessions go. What they have decided on
    others stays, and so does the audit log, without the name. Backups still have it all.
    """
    from grader.server.operations.opening import opened

    with opened(data):
        from grader.server.operations import personal_data

        person = personal_data.find(name)
        if not yes:
            click.echo(_("{name} is deleted with:", name=f"{person} ({name})"))
            for _table, found in personal_data.rows(person):
                if count := found.count():
                    click.echo(f"  {found.model._meta.verbose_name}: {count}")
            if click.prompt(_("Write the id to delete it all"), default="") != name:
                raise UsageError(lazy("nothing was deleted"), lazy("write the id as it is"))
        personal_data.delete(person)
    click.echo(_("Deleted"))
