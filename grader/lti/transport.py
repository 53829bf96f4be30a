"""Requests to a platform: over TLS, to no private address, no further than asked, in bounds."""

from __future__ import annotations

import ipaddress
import json
import socket
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from grader.language import gettext_lazy as _
from grader.lti.errors import AwayError, LtiError, ServiceError
from grader.lti.texts import printable
from grader.quick_dataclass import dataclass

_CONNECT_SECONDS: Final = 10.0
_READ_SECONDS: Final = 30.0
_ALL_SECONDS: Final = 60.0
_MOST_BYTES: Final = 8 * 1024 * 1024
_MOST_WORDS: Final = 300
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_LOOPBACK_NAMES: Final = ("localhost", "127.0.0.1", "::1")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Response:
    """What a service has answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    reason: str = ""

    def document(self) -> Any:
        """Return the JSON of the answer.

        Raises
        ------
        ServiceError
            It is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ServiceError(
                _("the platform's answer is not JSON"), status=self.status, words=self.words
            ) from None

    @property
    def words(self) -> str:
        """What it says, as text, shortened; Moodle says it in the status line, beside no body."""
        text = " ".join(self.body[: 4 * _MOST_WORDS].decode("utf-8", "replace").split())
        if text in ("", "[]", "{}"):
            text = self.reason
        return printable(text)[:_MOST_WORDS]


class Transport:
    """Speaks to platforms, from any thread.

    Parameters
    ----------
    private : bool
        Whether addresses of private networks may be spoken to: the administrator's leave.
    """

    def __init__(self, *, private: bool = False) -> None:
        self._private = private
        self._client = httpx.Client(
            transport=_PublicTransport(private),
            follow_redirects=False,
            timeout=httpx.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS),
            headers={"User-Agent": "bpgrade"},
        )

    def close(self) -> None:
        """Let go of all connections."""
        self._client.close()

    def ask(
        self,
        method: str,
        address: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        form: Mapping[str, str] | None = None,
    ) -> Response:
        """Return what a service answers, where it does what it was asked for.

        Raises
        ------
        AwayError
            It can't be reached, is overloaded or has failed: it may answer later.
        ServiceError
            It refuses, points elsewhere, or answers too much.
        LtiError
            The address is none that is spoken to.
        """
        check_address(address, private=self._private)
        begun = time.monotonic()
        try:
            with self._client.stream(
                method, address, headers=dict(headers or {}), content=content, data=form
            ) as response:
                body, reason = _body(response, begun), response.reason_phrase
                answer = Response(response.status_code, response.headers, body, reason)
        except httpx.TimeoutException:
            raise _unreachable(address, _("it did not answer in time")) from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise _unreachable(address, type(error).__name__) from None
        if not 200 <= answer.status < 300:
            raise _refused(answer)
        return answer


def check_address(address: str, *, private: bool = False) -> str:
    """Return an address of a platform if it is one that may be spoken to, by its look.

    Raises
    ------
    LtiError
        It is no https address, or holds a password.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    loopback = private and host in _LOOPBACK_NAMES
    right = host and (parts.scheme == "https" or (loopback and parts.scheme == "http"))
    if not right or parts.username or port == 0 or any(not each.isprintable() for each in address):
        raise LtiError(
            _("{address} is not the address of a platform", address=address[:200]),
            _("it must begin with https://"),
        )
    return address


def is_public(address: _Address) -> bool:
    """Return whether an address is one of the open internet, through whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address.sixtofour:
            return is_public(address.sixtofour)
        if address.teredo:
            return False
        if address in _NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and not address.is_multicast


class _PublicTransport(httpx.BaseTransport):
    """Looks a host up, refuses private addresses, and connects to the address that it has seen."""

    def __init__(self, private: bool) -> None:
        self._private = private
        self._trusted = httpx.create_ssl_context()
        self._inner: dict[str, httpx.HTTPTransport] = {}
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        inner = self._for(host)
        if not self._private:
            found = _public_address(host, request.url.port or 443)
            request.extensions = {**request.extensions, "sni_hostname": host}
            request.url = request.url.copy_with(host=found)
        return inner.handle_request(request)

    def _for(self, host: str) -> httpx.HTTPTransport:
        """Return what connects to a host: hosts at one address never share a connection."""
        with self._lock:
            if host not in self._inner:
                self._inner[host] = httpx.HTTPTransport(verify=self._trusted)
            return self._inner[host]

    def close(self) -> None:
        for inner in self._inner.values():
            inner.close()


def _public_address(host: str, port: int) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(str(error)) from None
    addresses = [ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found]
    if not addresses or not all(map(is_public, addresses)):
        raise LtiError(
            _("{host} is in a private network", host=host),
            _("start the server with --private-platforms if that is right"),
        )
    return str(addresses[0])


def _body(response: httpx.Response, begun: float) -> bytes:
    parts, length = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        length += len(part)
        if length > _MOST_BYTES:
            raise ServiceError(_("the platform's answer is too large"), status=response.status_code)
        if time.monotonic() - begun > _ALL_SECONDS:
            raise httpx.ReadTimeout("slow")
    return b"".join(parts)


def _unreachable(address: str, reason: str) -> AwayError:
    host = urlsplit(address).hostname or ""
    return AwayError(
        _("{host} cannot be reached: {reason}", host=host, reason=reason), is_whole=True
    )


def _refused(answer: Response) -> ServiceError:
    status, words = answer.status, answer.words
    message = _("the platform answered {status}: {words}", status=status, words=words)
    if status == 429 or status >= 500:
        wait = _seconds(answer.headers.get("Retry-After", ""))
        whole = status in (429, 502, 503, 504)
        return AwayError(message, status=status, words=words, retry_after=wait, is_whole=whole)
    return ServiceError(message, status=status, words=words)


def _seconds(text: str) -> float:
    """Return how long a Retry-After asks to wait, by its seconds or its date."""
    if text.isascii() and text.isdecimal():
        return float(text[:6])
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return 0.0
