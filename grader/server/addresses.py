"""The addresses that a server is given: where it listens, what browsers use, its database."""

from __future__ import annotations

import errno
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from urllib.parse import parse_qsl, unquote, urlsplit

from grader.errors import UsageError, reason_of
from grader.language import gettext_lazy as _

TAKEN: Final = errno.EADDRINUSE
"""The exit code of a web server whose port another program has."""
_CONNECT_SECONDS: Final = "5"
_PASSWORD: Final = re.compile(r"(//[^:/@]*:).*@")


@contextmanager
def claimed(host: str, port: int) -> Iterator[str]:
    """Keep a port for this process's web server; give the number of the host, one of this machine.

    Raises
    ------
    UsageError
        No server can listen there, as where another program has the port.
    """
    with ExitStack() as held:
        try:
            [found, *_others] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            family, kind, protocol, _name, place = found
            claim = held.enter_context(socket.socket(family, kind, protocol))
            try:
                claim.bind(place)
            except OSError:  # connections of a server before may still be ending: leave them alone
                claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                claim.bind(place)
            # from here on the same user's sockets can be bound there that ask for it: granian's
            claim.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        except (OSError, UnicodeError) as error:
            raise cannot_listen(host, port, reason_of(error)) from None
        yield str(place[0])


def is_taken(host: str, port: int) -> bool:
    """Return whether granian could not listen there, host being a number."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
            probe.setsockopt(socket.SOL_SOCKET, option, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError:
            return True
    return False


def is_served(host: str, port: int) -> bool:
    """Return whether something listens there, host being a number."""
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False


def cannot_listen(host: str, port: int, reason: str) -> UsageError:
    """Return the error for a place where no server can listen."""
    return UsageError(
        _("cannot listen at {address}: {reason}", address=url(host, port), reason=reason),
        _("choose another place with --port and --host"),
    )


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
        "ENGINE": "grader.server.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(port or ""),
        "OPTIONS": {"connect_timeout": _CONNECT_SECONDS, **dict(parse_qsl(parts.query))},
    }
