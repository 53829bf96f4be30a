"""How a full disk shows: to the system, to SQLite, to PostgreSQL."""

from __future__ import annotations

from typing import Final

from grader.errors import DISK_IS_FULL

_SQLITE: Final = {13, 778}  # SQLITE_FULL; SQLITE_IOERR_WRITE, as where a quota is used up
_POSTGRESQL: Final = "53100"


def is_full(error: BaseException) -> bool:
    """Return whether something could not be written because the disk is full."""
    if isinstance(error, OSError):
        return error.errno in DISK_IS_FULL
    cause = error.__cause__ or error  # Django's error, or the database's own
    return (
        getattr(cause, "sqlite_errorcode", None) in _SQLITE
        or getattr(cause, "sqlstate", None) == _POSTGRESQL
    )
