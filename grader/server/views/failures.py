"""What is answered to a request that can't be, and where something has failed."""

from __future__ import annotations

import errno
import sys
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from grader.errors import BpgradeError
from grader.server.rendering import failure_page

_FULL: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SQLITE_FULL: Final = {13, 778}  # SQLITE_FULL; SQLITE_IOERR_WRITE, as where a quota is used up
_POSTGRESQL_FULL: Final = "53100"


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that isn't there, or that this visitor may not know of."""
    return failure_page(request, "not_found", 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that makes no sense."""
    return failure_page(request, "bad_request", 400)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer what was raised anywhere, in a view or before it, by a page that says the cause.

    The page needs no database: that may be what has failed.
    """
    request.user = AnonymousUser()
    error = sys.exc_info()[1]
    if error is not None and is_full(error):
        return failure_page(request, "full", 507)
    if isinstance(error, (OperationalError, InterfaceError)):
        return failure_page(request, "database", 503)
    if isinstance(error, DataError):  # a value that the database has no place for, such as a NUL
        return failure_page(request, "bad_request", 400)
    if isinstance(error, BpgradeError):
        return failure_page(request, "course", 503, error.message)
    return failure_page(request, "broken", 500)


def is_full(error: BaseException) -> bool:
    """Return whether something could not be written because the disk is full."""
    if isinstance(error, OSError):
        return error.errno in _FULL
    cause = error.__cause__
    return (
        getattr(cause, "sqlite_errorcode", None) in _SQLITE_FULL
        or getattr(cause, "sqlstate", None) == _POSTGRESQL_FULL
    )
