"""Launches that have begun: each must come back once, in time, in the browser that it began in."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Final

from django.utils import timezone

from grader.language import gettext_lazy as _
from grader.lti.errors import LaunchError
from grader.lti.login import LoginRequest
from grader.quick_dataclass import dataclass
from grader.server.digests import digest
from grader.server.lti.models import LtiLogin, LtiPlatform

_LASTS: Final = timedelta(minutes=10)
_SWEPT: Final = 500


@dataclass(frozen=True, slots=True)
class Begun:
    """What a launch comes back with (`state`), and what its browser keeps (`browser`)."""

    state: str
    browser: str
    nonce: str


def platform_of(request: LoginRequest) -> LtiPlatform:
    """Return the platform that asks us to begin.

    Raises
    ------
    LaunchError
        It is not registered, or more than once and doesn't say as which.
    """
    known = LtiPlatform.objects.filter(issuer=request.issuer)
    if request.client_id:
        known = known.filter(client_id=request.client_id)
    found = list(known)
    if len(found) > 1 and request.deployment:
        found = [one for one in found if request.deployment in one.deployments.split("\n")]
    if len(found) != 1:
        raise LaunchError(
            _("{issuer} is not registered here", issuer=request.issuer[:200]),
            _("tell whoever runs this server: platforms are registered at /lti/platforms/"),
        )
    return found[0]


def begin(platform: LtiPlatform, request: LoginRequest, frame: LtiLogin | None = None) -> Begun:
    """Remember a launch that begins: in a window that was opened from a frame's, where it was."""
    made = Begun(*(secrets.token_urlsafe(32) for _part in range(3)))
    now = timezone.now()
    old = LtiLogin.objects.filter(expires__lt=now).values("pk")[:_SWEPT]
    LtiLogin.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()
    LtiLogin.objects.create(
        state_digest=digest(made.state),
        browser_digest=digest(made.browser),
        nonce=made.nonce,
        platform=platform,
        request=json.dumps(asdict(request)),
        expires=now + _LASTS,
        frame=frame,
    )
    return made


def open_login(state: str) -> LtiLogin:
    """Return a launch that has begun and not come back yet.

    Raises
    ------
    LaunchError
        There is none: it is too old, was used already, or never began here.
    """
    found = (
        LtiLogin.objects.filter(
            state_digest=digest(state), used_at=None, expires__gt=timezone.now()
        )
        .select_related("platform")
        .first()
    )
    if found is None:
        raise over()
    return found


def request_of(login: LtiLogin) -> LoginRequest:
    """Return what a platform has asked with."""
    return LoginRequest(**json.loads(login.request))


def is_from_there(login: LtiLogin, browser: str) -> bool:
    """Whether a launch comes back in the browser that it began in."""
    return bool(browser) and secrets.compare_digest(login.browser_digest, digest(browser))


def use_up(login: LtiLogin) -> None:
    """Let a launch come back, with its nonce: once.

    Raises
    ------
    LaunchError
        It has been used.
    """
    unused = LtiLogin.objects.filter(pk=login.pk, used_at=None)
    if not unused.update(used_at=timezone.now()):
        raise over()


def over() -> LaunchError:
    """Return what is said of a launch that can't be gone on with."""
    return LaunchError(
        _("this launch has been used or is too old"),
        _("go back to the platform and click the exercise again"),
    )
