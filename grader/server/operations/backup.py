"""`bpgrade serve backup`: all that a server knows as one file, while the server runs."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.server import configuration
from grader.server.configuration import Configuration
from grader.server.full_disk import is_full
from grader.server.operations import archive

_COPY: Final = "copy"


def back_up(data: Path, file: Path) -> None:
    """Write a server's database, key and settings to a file; a server may be running.

    The database is in it as SQLite, whichever it is: so it can be restored to either.

    Parameters
    ----------
    data : Path
        The server's folder.
    file : Path
        It must not be there yet. Only its owner may read it.

    Raises
    ------
    UsageError
        There is no server, the file cannot be written, or the database cannot be read.
    OSError
        The disk is full; there is no file then.
    """
    known = configuration.read(data)
    configuration.expect_database(known)
    with archive.beside(file) as folder:
        for name in (configuration.SECRET, configuration.FILE):
            shutil.copy2(data / name, folder / name)
        if known.database:
            _copy_postgresql(known, folder)
        else:
            copy_sqlite(data / configuration.SQLITE, folder / configuration.SQLITE)
        archive.pack(folder, file)


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite that others write to, by its own means, and look whether the copy is whole."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as database,
            closing(sqlite3.connect(target)) as copy,
        ):
            database.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file
    except sqlite3.Error as error:
        if is_full(error):
            raise OSError(errno.ENOSPC, "full", str(target.parent.parent)) from error
        raise _unusable(source, str(error)) from None
    if problem := damage(target):
        raise _unusable(source, problem)


def damage(path: Path) -> str:
    """Return what is wrong in a SQLite; nothing where it is whole."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            [said] = database.execute("PRAGMA integrity_check(1)").fetchone()
            loose = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        return str(error)
    if loose:
        return _("a row of {table} refers to one that does not exist", table=loose[0])
    return "" if said == "ok" else str(said)


def _unusable(path: Path, reason: str) -> UsageError:
    return UsageError(
        _("the database {path} cannot be copied: {reason}", path=path, reason=reason),
        _("check that the disks are sound and have space, then rerun the same command"),
    )


def _copy_postgresql(known: Configuration, folder: Path) -> None:
    configuration.set_up(known)
    from django.db import transaction

    from grader.server.operations import databases

    settings: dict[str, Any] = configuration.database_settings(Configuration(str(folder), ()))
    settings["OPTIONS"] = {}
    with databases.failures_told(), databases.another(_COPY, settings):
        databases.refuse_newer(databases.OWN)
        with databases.unchanging(databases.OWN):
            databases.migrate(_COPY, as_is=databases.OWN)
            with transaction.atomic(using=_COPY):
                databases.copy_rows(databases.OWN, _COPY)
