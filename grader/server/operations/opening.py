"""A server's database, for a command that isn't the server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.server import configuration
from grader.server.configuration import Configuration


@contextmanager
def opened(data: Path) -> Iterator[Configuration]:
    """Have the database of the server in a folder, with tables of today's version.

    Raises
    ------
    UsageError
        There is no server, or its database can't be used, or is of another version.
    """
    known = configuration.read(data)
    configuration.set_up(known)
    from grader.server.operations import databases

    with databases.failures_told():
        expect_current(known)
        yield known


def expect_current(known: Configuration) -> None:
    """Do nothing but where a server's database is not there, or has tables of another version.

    Raises
    ------
    UsageError
        One of these.
    django.db.DatabaseError
        It can't be used now.
    """
    from grader.server.operations import databases

    configuration.expect_database(known)
    databases.refuse_newer(databases.OWN)
    if not databases.is_current(databases.OWN):
        raise UsageError(
            _("the database is from an older bpgrade"),
            _("start the server once to bring it up to date"),
        )
