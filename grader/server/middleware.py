"""What every request goes through: the reader's language, and failures that say what to do."""

from __future__ import annotations

from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from grader.errors import BpgradeError
from grader.language import find_language, reading
from grader.server.rendering import failure_page

Answer = Callable[[HttpRequest], HttpResponse]


class Language:
    """Shows everything in the language that was chosen, or that the browser asks for."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language."""
        with reading(_wanted(request)):
            return self._answer(request)


class Failures:
    """Answers what goes wrong with a page that says so, and never with a traceback."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what is raised comes to `process_exception`."""
        return self._answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page for a failure that has a cause outside of this server's code."""
        if isinstance(error, OperationalError):
            return failure_page(request, "database", 503)
        if isinstance(error, BpgradeError):
            return failure_page(request, "course", 503, error.message)
        return None


def _wanted(request: HttpRequest) -> str:
    chosen = find_language(str(request.session.get("language", "")))
    if chosen:
        return chosen
    for part in request.headers.get("Accept-Language", "").split(","):
        if found := find_language(part.partition(";")[0]):
            return found
    return "en"
