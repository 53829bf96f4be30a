"""Launches whose frame keeps no cookies: they go on in a window that is opened from it.

The window knows the row of the frame's launch (`LtiLogin`), and the frame knows its state. A
teacher chooses exercises in the window, but platforms take a choice from their frame alone: so the
window leaves it in that row, and the frame comes for it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from grader.quick_dataclass import dataclass
from grader.server.digests import digest
from grader.server.lti.logins import over
from grader.server.lti.models import LtiLogin

_ENTERS_WITHIN: Final = timedelta(minutes=2)
_CHOOSES_WITHIN: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a frame is to send to its platform: where to, and the message."""

    address: str
    token: str


def entrance(login: LtiLogin, arrival: str) -> str:
    """Return the secret by which a browser goes on with a launch in a new window, once."""
    secret = secrets.token_urlsafe(32)
    LtiLogin.objects.filter(pk=login.pk).update(
        arrival=arrival,
        browser_digest=digest(secret),
        expires=timezone.now() + _ENTERS_WITHIN,
    )
    return secret


def enter(secret: str) -> str:
    """Return what a launch has become, for a browser that goes on with it in a new window.

    Raises
    ------
    LaunchError
        It is too old, or was gone on with already.
    """
    with transaction.atomic():
        waiting = LtiLogin.objects.filter(
            ~Q(arrival=""),
            browser_digest=digest(secret),
            entered_at=None,
            expires__gt=timezone.now(),
        )
        found = waiting.first()
        if found is None or not waiting.update(entered_at=timezone.now()):
            raise over()
    return str(found.arrival)


def wait_on(frame: int, *, comes: bool) -> None:
    """Have a frame wait for what is chosen in its window, or no longer where nothing comes.

    Its own launch can't come back any more.
    """
    now = timezone.now()
    until = now + _CHOOSES_WITHIN if comes else now
    LtiLogin.objects.filter(pk=frame).update(used_at=now, expires=until)


def leave(frame: int, choice: Choice) -> bool:
    """Leave a choice for the frame of a window; return whether it still waits."""
    waiting = LtiLogin.objects.filter(pk=frame, expires__gt=timezone.now())
    return bool(waiting.update(choice=json.dumps(asdict(choice))))


def left_for(state: str) -> tuple[LtiLogin, Choice | None]:
    """Return the launch of a frame, and what its window has left for it.

    Raises
    ------
    LaunchError
        Nothing will come: nobody chooses anything there, or the launch is too old.
    """
    waiting = LtiLogin.objects.filter(state_digest=digest(state), expires__gt=timezone.now())
    found = waiting.select_related("platform").first()
    if found is None:
        raise over()
    return found, Choice(**json.loads(found.choice)) if found.choice else None
