"""How this process speaks to platforms: its connections, their keys, tokens, and keys of ours."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import cache
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from grader.lti.keys import PlatformKeys, key_id, new_key
from grader.lti.platform import PlatformFacts
from grader.lti.service import Services
from grader.lti.transport import Transport
from grader.server.lti.models import LtiKey, LtiPlatform

_REPLACED_AFTER: Final = timedelta(days=90)
_LISTED_BEFORE_USE: Final = timedelta(days=1)
_LISTED_AFTER_USE: Final = timedelta(days=7)
_lock = threading.Lock()
_services: dict[PlatformFacts, Services] = {}


@cache
def transport() -> Transport:
    """Return the connections of this process."""
    return Transport(private=settings.BPGRADE.private_platforms)


@cache
def platform_keys() -> PlatformKeys:
    """Return the keys of platforms that this process has seen."""
    return PlatformKeys(transport())


def services_of(platform: LtiPlatform) -> Services:
    """Return the services of a platform, with the tokens that this process has for them."""
    facts = platform.facts
    with _lock:
        if facts not in _services:
            _services[facts] = Services(facts, transport(), signing_key)
        return _services[facts]


def signing_key() -> str:
    """Return the key that we sign with: the newest that platforms have had time to read."""
    keys = _kept_keys()
    known = timezone.now() - _LISTED_BEFORE_USE
    return next((one.pem for one in keys if one.made_at <= known), keys[-1].pem)


def listed_keys() -> list[str]:
    """Return the keys that platforms may see something signed with, now or soon."""
    return [one.pem for one in _kept_keys()]


def _kept_keys() -> list[LtiKey]:
    """Return the keys in use, the newest first: make a new one in time, forget the old ones."""
    now = timezone.now()
    keys = list(LtiKey.objects.order_by("-made_at"))
    if keys and now - keys[0].made_at < _REPLACED_AFTER:
        return keys
    pem = new_key()
    with transaction.atomic():
        if keys:
            LtiKey.objects.select_for_update().get(pk=keys[0].pk)  # two at once make one
        newest = LtiKey.objects.order_by("-made_at").first()
        if newest is None or now - newest.made_at >= _REPLACED_AFTER:
            LtiKey.objects.create(kid=key_id(pem), pem=pem, made_at=now)
        replaced = now - _REPLACED_AFTER - _LISTED_AFTER_USE
        in_use = list(LtiKey.objects.order_by("-made_at")[:2])
        LtiKey.objects.filter(made_at__lt=replaced).exclude(
            pk__in=[one.pk for one in in_use]
        ).delete()
    return list(LtiKey.objects.order_by("-made_at"))
