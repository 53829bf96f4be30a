"""How a full disk shows: to the system, to SQLite, to PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from grader.errors import DISK_IS_FULL

_SQLITE: Final = {13, 778, 4874}
"""SQLITE_FULL; SQLITE_IOERR_WRITE, as where a quota is used up; SQLITE_IOERR_SHMSIZE."""
_POSTGRESQL: Final = "53100"


def is_full(error: BaseException) -> bool:
    """Return whether something could not be written because the disk is full."""
    if isinstance(error, OSError):
        return error.errno in DISK_IS_FULL
    return any(
        getattr(cause, "sqlite_errorcode", None) in _SQLITE
        or getattr(cause, "sqlstate", None) == _POSTGRESQL
        for cause in causes(error)
    )


def causes(error: BaseException) -> Iterator[BaseException]:
    """Give an error of Django's, and those of the database's own that it was raised for."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__
