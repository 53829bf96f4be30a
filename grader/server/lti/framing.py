"""Our pages in the frame of a platform: who may have them there, and which cookies they get.

A session that has begun in a frame is kept in cookies of that frame alone (`Partitioned`), which
Django's settings have no word for, and only platforms that are registered may frame its pages.
Everybody else's cookies and pages stay as strict as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]

_SESSION: Final = "framed_by"


class Framing:
    """Lets pages of a framed session, and those that begin one, be shown where they belong."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the cookies and the policy of a frame where there is one."""
        response = self._answer(request)
        if posts_to := getattr(request, "posts_to", ""):
            _widen(response, "form-action 'self'", [posts_to])
        kept = _kept(request)
        framed_by = getattr(request, "framed_by", None) or kept
        if framed_by and settings.BPGRADE.is_secure:
            _widen(response, "frame-ancestors 'self'", framed_by)
            response.headers.pop("X-Frame-Options", None)
        if kept and settings.BPGRADE.is_secure:
            for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME):
                if name in response.cookies:
                    response.cookies[name]["samesite"] = "None"
        return response


def _kept(request: HttpRequest) -> list[str] | None:
    """Return who may show all pages of a request's session, as far as it can be read."""
    if not hasattr(request, "session"):
        return None
    try:
        found: list[str] | None = request.session.get(_SESSION)
    except Error:  # which the answer says already
        return None
    return found


def frame_by(request: HttpRequest, origins: Iterable[str]) -> None:
    """Let these origins show the page that this request is answered with."""
    request.framed_by = sorted(set(origins))


def keep_framed(request: HttpRequest, origins: Iterable[str]) -> None:
    """Let these origins show all pages of this session from now on."""
    request.session[_SESSION] = sorted(set(origins))


def post_to(request: HttpRequest, origin: str) -> None:
    """Let a form of the page that this request is answered with go to this origin, too."""
    request.posts_to = origin


def is_framed(request: HttpRequest) -> bool:
    """Whether a browser shows the answer in a frame, or doesn't say."""
    return request.headers.get("Sec-Fetch-Dest", "iframe") in ("iframe", "frame")


def origin_of(address: str) -> str:
    """Return the scheme, host and port of an address; nothing where it has none."""
    parts = urlsplit(address)
    is_plain = parts.netloc.isascii() and not set(parts.netloc) & set(" ;,'\"*@")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc and is_plain else ""


def _widen(response: HttpResponse, directive: str, origins: Iterable[str]) -> None:
    """Let a page's policy allow these origins beside our own."""
    policy = response.headers.get("Content-Security-Policy", "")
    wider = f"{directive} {' '.join(origins)}"
    response.headers["Content-Security-Policy"] = policy.replace(directive, wider)
