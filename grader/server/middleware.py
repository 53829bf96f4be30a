"""What every request goes through: the reader's language, and whether all of it was read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from grader.language import find_language, reading
from grader.server.rendering import failure_page

UNREAD: Final = "bpgrade.unread"
"""Where a request's scope has the cause why its body was not read."""
Answer = Callable[[HttpRequest], HttpResponse]
_STATUS: Final = {"large": 413, "crowded": 503, "slow": 408}


class Language:
    """Shows everything in the language that was chosen, or that the browser asks for."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language."""
        with reading(_wanted(request)):
            return self._answer(request)


class Unread:
    """Answers a request whose body was not read by a page that says why."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the failure, or as ever."""
        cause: str = getattr(request, "scope", {}).get(UNREAD, "")
        return failure_page(request, cause, _STATUS[cause]) if cause else self._answer(request)


def _wanted(request: HttpRequest) -> str:
    chosen = find_language(str(request.session.get("language", "")))
    if chosen:
        return chosen
    for part in request.headers.get("Accept-Language", "").split(","):
        if found := find_language(part.partition(";")[0]):
            return found
    return "en"
