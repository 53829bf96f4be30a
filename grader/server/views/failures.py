"""What is answered to a request that can't be."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from grader.server.rendering import failure_page


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an address that isn't there, or that this visitor may not know of."""
    return failure_page(request, "not_found", 404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that makes no sense."""
    return failure_page(request, "bad_request", 400)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer where the server itself has failed."""
    return failure_page(request, "broken", 500)
