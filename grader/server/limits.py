"""How often somebody, or an address, may ask for what costs something."""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from grader.server.computers import POLL_SECONDS

_MOST: Final = {
    "login": (10, 300.0),
    "submit": (60, 3600.0),
    "launch": (200, 60.0),
    "device": (10, 600.0),
    "code": (10, 600.0),
    "poll": (1, POLL_SECONDS - 0.5),
}
_AT_AN_ADDRESS: Final = 200  # times as many: a class of a thousand may share one
_REMEMBERED: Final = 10_000
_asked: OrderedDict[tuple[str, str], list[float]] = OrderedDict()
_lock = Lock()


def too_many(what: str, who: str, request: HttpRequest) -> bool:
    """Return whether somebody, or an address, has asked too often; note that they have asked."""
    own = _is_over(f"{what} by", who, *_MOST[what])
    return too_many_from_there(what, request) or own


def too_many_from_there(what: str, request: HttpRequest) -> bool:
    """Return whether an address has asked too often for what nobody is known to ask for yet."""
    most, seconds = _MOST[what]
    return _is_over(what, f"from {_address(request)}", _AT_AN_ADDRESS * most, seconds)


def _address(request: HttpRequest) -> str:
    """Return whose address a request is from: behind a proxy, the one that the proxy has added."""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if forwarded and settings.BPGRADE.is_secure:
        return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def _is_over(what: str, who: str, most: int, seconds: float) -> bool:
    now = time.monotonic()
    with _lock:
        times = _asked.setdefault((what, who), [])
        times[:] = [each for each in times if now - each < seconds]
        times.append(now)
        _asked.move_to_end((what, who))
        while len(_asked) > _REMEMBERED:
            _asked.popitem(last=False)
        return len(times) > most
