"""The option that names a server's own folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from grader.errors import UsageError
from grader.language import gettext_lazy as _

FOLDER: Final = click.option(
    "--data",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="The server's own folder.",
)


def named(data: Path | None) -> Path:
    """Return the folder where it is not always asked for.

    Raises
    ------
    UsageError
        It was not named.
    """
    if data is None:
        raise UsageError(_("no folder for the server is named"), _("name one with --data DIR"))
    return data
