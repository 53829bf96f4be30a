"""The addresses that a server is given: where it listens, what browsers use, its database."""

from __future__ import annotations

import re
import socket
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from grader.errors import UsageError, reason_of
from grader.language import gettext_lazy as _

_PASSWORD: Final = re.compile(r"(//[^:/@]*:).*@")


def free_address(host: str, port: int) -> str:
    """Return the number of a host of this machine, after seeing that a server can listen there.

    Raises
    ------
    UsageError
        It can't, as where another program has the port.
    """
    try:
        [found, *_others] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        family, kind, protocol, _name, place = found
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except (OSError, UnicodeError) as error:
        raise UsageError(
            _(
                "cannot listen at {address}: {reason}",
                address=url(host, port),
                reason=reason_of(error),
            ),
            _("choose another place with --port and --host"),
        ) from None
    return str(place[0])


def url(host: str, port: int) -> str:
    """Return the address of a server that no proxy stands before."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def browsers_address(text: str) -> str:
    """Return the address that browsers use, as links begin with it.

    Raises
    ------
    UsageError
        No link can begin with it.
    """
    address = text.strip().rstrip("/")
    try:
        parts = urlsplit(address)
        is_whole = parts.port is None or bool(parts.port)
    except ValueError:
        is_whole = False
    if (
        not is_whole
        or parts.scheme not in ("http", "https")
        or not parts.hostname
        or address != f"{parts.scheme}://{parts.netloc}"
        or "@" in parts.netloc
        or not re.fullmatch(r"[!-~]+", address)
    ):
        raise UsageError(
            _("{address} is not an address that browsers can use", address=repr(text)),
            _("write it as https://grade.example.org, without a path"),
        )
    return address


def postgresql_settings(address: str) -> dict[str, Any]:
    """Return the settings of Django for the address of a database.

    Raises
    ------
    UsageError
        It makes no sense. The password in it is not repeated.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
        makes_sense = parts.scheme in ("postgresql", "postgres") and bool(parts.path.strip("/"))
    except ValueError:
        makes_sense = False
    if not makes_sense:
        raise UsageError(
            _(
                "{address} is not the address of a database",
                address=_PASSWORD.sub(r"\1***@", address),
            ),
            _(
                "write it as postgresql://user:password@host:port/name, with special characters"
                " percent-encoded"
            ),
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": dict(parse_qsl(parts.query)),
    }
