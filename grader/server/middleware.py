"""What every request goes through: the reader's language."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from grader.language import find_language, reading

Answer = Callable[[HttpRequest], HttpResponse]


class Language:
    """Shows everything in the language that was chosen, or that the browser asks for."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the language."""
        with reading(_wanted(request)):
            return self._answer(request)


def _wanted(request: HttpRequest) -> str:
    chosen = find_language(str(request.session.get("language", "")))
    if chosen:
        return chosen
    for part in request.headers.get("Accept-Language", "").split(","):
        if found := find_language(part.partition(";")[0]):
            return found
    return "en"
