"""How a full disk shows: to the system, to SQLite, to PostgreSQL."""

from __future__ import annotations

import errno
from typing import Final

_SQLITE: Final = {13, 778}  # SQLITE_FULL; SQLITE_IOERR_WRITE, as where a quota is used up
_SYSTEM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_POSTGRESQL: Final = "53100"


def is_full(error: BaseException) -> bool:
    """Return whether something could not be written because the disk is full."""
    if isinstance(error, OSError):
        return error.errno in _SYSTEM
    cause = error.__cause__ or error  # Django's error, or the database's own
    return (
        getattr(cause, "sqlite_errorcode", None) in _SQLITE
        or getattr(cause, "sqlstate", None) == _POSTGRESQL
    )
