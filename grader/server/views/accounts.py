"""Logging in: by a password, or by a link that can be used once."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.contrib.auth import authenticate, login, logout
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from grader.language import find_language
from grader.server import access, limits
from grader.server.digests import digest
from grader.server.lti.framing import frame_by, is_framed
from grader.server.lti.origins import all_origins
from grader.server.models import Invitation, Person, noted
from grader.server.rendering import failure_page, page

LINK_LASTS: Final = timedelta(days=14)
_AT_ONCE: Final = 500


def invite(person: Person) -> str:
    """Return the secret part of a link that logs a person in once."""
    [token] = invite_all([person])
    return token


def invite_all(people: Sequence[Person]) -> list[str]:
    """Return the secret parts of links that log these people in once each."""
    tokens = [secrets.token_urlsafe(32) for _person in people]
    expires = timezone.now() + LINK_LASTS
    Invitation.objects.bulk_create(
        [
            Invitation(token_digest=digest(token), person=person, expires=expires)
            for token, person in zip(tokens, people, strict=True)
        ],
        batch_size=_AT_ONCE,
    )
    return tokens


class TooOftenError(Exception):
    """Too many passwords have been tried."""


def by_password(request: HttpRequest) -> Any:
    """Return whom the name and the password in a form belong to; None where they are nobody's.

    Raises
    ------
    TooOftenError
        It has been tried too often with this name, or from there.
    """
    name = request.POST.get("username", "")[:150]
    if limits.too_many("login", name, request):
        raise TooOftenError
    return authenticate(request, username=name, password=request.POST.get("password", "")[:200])


@access.public
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password."""
    wanted = _wanted(request)
    if request.method != "POST":
        origins = all_origins()
        if is_framed(request):  # a session that began with a launch is over
            frame_by(request, origins)
        return page(request, "login.html", wanted=wanted, failed=False, has_platforms=bool(origins))
    try:
        person = by_password(request)
    except TooOftenError:
        return failure_page(request, "rate", 429)
    if person is None:
        return page(request, "login.html", 403, wanted=wanted, failed=True, has_platforms=False)
    login(request, person)
    return HttpResponseRedirect(wanted)


@access.public
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.method == "POST":
        logout(request)
    return HttpResponseRedirect("/login/")


@access.public
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Log somebody in by a link, once, and let them choose a password."""
    invitation = (
        Invitation.objects.filter(
            token_digest=digest(token), used_at=None, expires__gt=timezone.now()
        )
        .select_related("person")
        .first()
    )
    if invitation is None:
        return failure_page(request, "link", 404)
    if request.method != "POST":
        return page(request, "invitation.html", person=invitation.person, problem="")
    password = request.POST.get("password", "")[:200]
    try:
        validate_password(password, invitation.person)
    except ValidationError:
        return page(request, "invitation.html", 400, person=invitation.person, problem="weak")
    with transaction.atomic():
        used = Invitation.objects.filter(pk=invitation.pk, used_at=None).update(
            used_at=timezone.now()
        )
        if not used:  # somebody was faster with the same link
            return failure_page(request, "link", 404)
        invitation.person.set_password(password)
        invitation.person.save(update_fields=["password"])
        noted(invitation.person, None, "accepted")
    login(request, invitation.person)
    return HttpResponseRedirect("/")


@access.public
def choose_language(request: HttpRequest) -> HttpResponse:
    """Keep the language that somebody has chosen for the session."""
    if request.method == "POST" and (found := find_language(request.POST.get("language", ""))):
        request.session["language"] = found
    return HttpResponseRedirect(_wanted(request))


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid token."""
    return failure_page(request, "form", 403)


def _wanted(request: HttpRequest) -> str:
    """Return the page of ours that somebody wants to go on to."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "/"
