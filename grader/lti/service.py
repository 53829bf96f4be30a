"""Asking a platform's services: a token for what is asked, then the question, page by page."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from grader.language import gettext_lazy as _
from grader.lti.errors import AwayError, ServiceError
from grader.lti.keys import signed
from grader.lti.links import next_page
from grader.lti.platform import PlatformFacts
from grader.lti.transport import Response, Transport
from grader.quick_dataclass import dataclass

_ASSERTION_SECONDS: Final = 60
_SHORTEST_SECONDS: Final = 30.0
_LONGEST_SECONDS: Final = 3600.0
_MOST_PAGES: Final = 500
_ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True, slots=True)
class _AccessToken:
    text: str
    ends: float


class Services:
    """The services of one platform, for every thread; tokens are kept as long as they hold.

    Parameters
    ----------
    platform : PlatformFacts
    transport : Transport
    signing_key : callable
        Returns our private key, as PEM.
    """

    def __init__(
        self, platform: PlatformFacts, transport: Transport, signing_key: Callable[[], str]
    ) -> None:
        self._platform = platform
        self._transport = transport
        self._signing_key = signing_key
        self._tokens: dict[str, _AccessToken] = {}
        self._lock = threading.Lock()

    def ask(
        self,
        method: str,
        address: str,
        scope: str,
        *,
        accept: str = "application/json",
        body: Mapping[str, Any] | None = None,
        kind: str = "",
    ) -> Response:
        """Return what a service answers; with a body, of this kind.

        Raises
        ------
        AwayError
            The platform, or this service of it, may answer later.
        ServiceError
            It refuses.
        """
        content = None if body is None else json.dumps(body).encode()
        for is_last in (False, True):
            token = self._token(scope)
            headers = {"Authorization": f"Bearer {token}", "Accept": accept}
            if content is not None:
                headers["Content-Type"] = kind
            try:
                return self._transport.ask(method, address, headers=headers, content=content)
            except ServiceError as error:
                if error.status != 401 or is_last:
                    raise
                self._forget(scope, token)  # it was taken back before its time
        raise AssertionError

    def pages(self, address: str, scope: str, accept: str) -> Iterator[Any]:
        """Give the documents of a list that comes in pages.

        Raises
        ------
        AwayError, ServiceError
            As `ask`; or the next page is of another host, or there are too many.
        """
        host, seen = urlsplit(address).netloc, set()
        for _number in range(_MOST_PAGES):
            answer = self.ask("GET", address, scope, accept=accept)
            yield answer.document()
            seen.add(address)
            address = next_page(answer.headers.get("Link", ""))
            if not address:
                return
            if address in seen or urlsplit(address).netloc != host:
                break
        raise ServiceError(
            _("the pages of the platform's list do not end, or lead to another host")
        )

    def _token(self, scope: str) -> str:
        with self._lock:
            known = self._tokens.get(scope)
            if known is None or known.ends < time.monotonic():
                known = self._new_token(scope)
                self._tokens[scope] = known
            return known.text

    def _forget(self, scope: str, token: str) -> None:
        with self._lock:
            known = self._tokens.get(scope)
            if known is not None and known.text == token:
                del self._tokens[scope]

    def _new_token(self, scope: str) -> _AccessToken:
        platform = self._platform
        assertion = assertion_claims(platform, time.time())
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": _ASSERTION,
            "client_assertion": signed(assertion, self._signing_key()),
            "scope": scope,
        }
        try:
            answer = self._transport.ask("POST", platform.token_address, form=form)
            document = answer.document()
        except AwayError:
            raise
        except ServiceError as error:
            raise AwayError(
                _("the platform refused a token for its services: {reason}", reason=error.message),
                _("check that the tool is still registered there and may use these services"),
                status=error.status,
                words=error.words,
                is_whole=error.status != 400,
            ) from None
        text = document.get("access_token") if isinstance(document, dict) else None
        if not isinstance(text, str) or not text.isascii() or not text.isprintable():
            raise AwayError(_("the platform gave no token for its services"), words=answer.words)
        lasts = document.get("expires_in")
        seconds = float(lasts) if isinstance(lasts, (int, float)) else _LONGEST_SECONDS
        seconds = min(max(seconds * 0.9, _SHORTEST_SECONDS), _LONGEST_SECONDS)
        return _AccessToken(text, time.monotonic() + seconds)


def assertion_claims(platform: PlatformFacts, now: float) -> dict[str, Any]:
    """Return the claims by which we prove to a platform who we are."""
    return {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.audience or platform.token_address,
        "iat": int(now) - 5,  # where its clock is a little behind
        "exp": int(now) + _ASSERTION_SECONDS,
        "jti": secrets.token_urlsafe(24),
    }


def listed(document: Any, name: str = "") -> Sequence[Mapping[str, Any]]:
    """Return the objects of a list, or of the list that an object has under a name."""
    found = document.get(name) if name and isinstance(document, dict) else document
    if not isinstance(found, list):
        raise ServiceError(_("the platform's answer is not the list that was asked for"))
    return [one for one in found if isinstance(one, dict)]
