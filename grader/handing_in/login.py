"""Letting this computer hand in for somebody: they type its code in a browser (RFC 8628)."""

from __future__ import annotations

import platform
import time
from collections.abc import Callable
from typing import Final

from grader.errors import ServerError
from grader.handing_in.answers import AccessToken, DeviceAuthorization
from grader.handing_in.server import Server
from grader.handing_in.server_failures import UnreachableError, plain
from grader.language import gettext_lazy as _

Say = Callable[[str], None]
_SLOWER_SECONDS: Final = 5
_SOONEST_SECONDS: Final = 1


def log_in(server: Server, say: Say) -> str:
    """Return a token for this computer, once its person has typed the code that `say` is told.

    Raises
    ------
    ServerError
        They refused, or did nothing for as long as the code lasts; or the server failed.
    """
    codes = server.ask(platform.node())
    say(
        _(
            "To hand in from this computer, log in at {address} and type this code: {code}",
            address=plain(codes.verification_uri),
            code=plain(codes.user_code),
        )
    )
    token = _awaited(server, codes)
    say(_("This computer may hand in for you now."))
    return token


def _awaited(server: Server, codes: DeviceAuthorization) -> str:
    end = time.monotonic() + codes.expires_in
    pause = max(codes.interval, _SOONEST_SECONDS)
    while time.monotonic() < end:
        time.sleep(pause)
        try:
            answer = server.token(codes)
        except UnreachableError:  # as while it starts again
            continue
        if isinstance(answer, AccessToken):
            return answer.access_token
        if answer == "slow_down":
            pause += _SLOWER_SECONDS
        elif answer == "access_denied":
            raise ServerError(
                _("this computer was refused in the browser"),
                _("run the command again if that was a mistake"),
            )
        elif answer != "authorization_pending":
            break
    raise ServerError(_("the code was not typed in time"), _("run the command again"))
