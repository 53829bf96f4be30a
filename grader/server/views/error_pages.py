"""What is answered to a request that can't be, and where something has failed."""

from __future__ import annotations

import sys
from typing import Final

from django.contrib.auth.models import AnonymousUser
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from grader.errors import BpgradeError
from grader.language import gettext_lazy as _
from grader.server.access import teaches_here
from grader.server.full_disk import is_full
from grader.server.rendering import failure_page

_FOR_STUDENTS: Final = _(
    "There is a mistake in the course's files. Your instructor can read on the desk what it is."
    " What was handed in before is safe. Try again later."
)


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
        # what is wrong names files of the server
        message = error.in_one_line if teaches_here(request) else _FOR_STUDENTS
        return failure_page(request, "course", 503, message)
    return failure_page(request, "broken", 500)
