"""`bpgrade serve restore`: a server's folder, and its database, from a backup."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from grader.errors import UsageError, unwritable
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.server import configuration
from grader.server.configuration import Configuration
from grader.server.operations import archive
from grader.server.operations.backup import damage

_HALF: Final = ".restoring"
_TARGET: Final = "target"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored: when it was backed up, the settings, how many people and attempts."""

    made: str
    configuration: Configuration
    people: int
    attempts: int


def restore(file: Path, data: Path, database: str = "") -> Restored:
    """Make a server's folder from a backup, with tables of today's version.

    Parameters
    ----------
    file : Path
        What `back_up` has written, on SQLite or PostgreSQL.
    data : Path
        The folder, which must be empty or not there yet.
    database : str
        `postgresql://...` of an empty database; nothing for SQLite in the folder.

    Raises
    ------
    UsageError
        The folder or the database isn't empty, the file is damaged or of a newer version, or the
        database can't be used. Folder and database are as they were.
    OSError
        The disk is full; nothing was kept.
    """
    with configuration.new_folder(data):
        half = _begin(data)
        try:
            manifest = archive.unpack(file, half)
            if problem := damage(half / configuration.SQLITE):
                raise UsageError(
                    _("the database in {path} is damaged: {reason}", path=file, reason=problem),
                    _("use another backup; nothing was changed"),
                )
            own = Configuration(str(data.resolve()), (), database)
            people, attempts = _bring_up_to_date(half, own)
            known = replace(configuration.read(half), data=own.data, database=database)
            configuration.write(known, half)
            names = [configuration.SECRET, configuration.FILE]  # without which there is no server
            for name in names if database else [configuration.SQLITE, *names]:
                (half / name).rename(data / name)
        finally:
            shutil.rmtree(half, ignore_errors=True)
    return Restored(manifest["made"], known, people, attempts)


def _begin(data: Path) -> Path:
    """Return a private folder inside, for what isn't whole yet."""
    try:
        if any(data.iterdir()):
            raise UsageError(
                _("{path} is not empty", path=data),
                _("a backup is restored to a new folder: move the old one away"),
            )
        half = data / _HALF
        half.mkdir(mode=0o700)
    except OSError as error:
        raise unwritable(data, error, _("choose a folder you can write to with --data")) from None
    return half


def _bring_up_to_date(half: Path, own: Configuration) -> tuple[int, int]:
    """Migrate what was unpacked, and move its rows to PostgreSQL where that is wanted."""
    configuration.set_up(Configuration(str(half), ()))
    from django.db import connections, transaction

    from grader.server.models import Attempt, Person
    from grader.server.operations import databases

    with databases.failures_told():
        databases.refuse_newer(databases.OWN)
        databases.migrate(databases.OWN)
        counts = [databases.rows_of(each, databases.OWN) for each in (Person, Attempt)]
        if own.database:
            settings: dict[str, Any] = configuration.database_settings(own)
            with databases.another(_TARGET, settings):
                if not databases.is_empty(_TARGET):
                    raise UsageError(
                        _("the database after --database is not empty"),
                        _("make a new one: createdb --owner NAME NAME"),
                    )
                with transaction.atomic(using=_TARGET):
                    databases.migrate(_TARGET)
                    databases.copy_rows(databases.OWN, _TARGET)
        connections[databases.OWN].close()
    return counts[0], counts[1]
