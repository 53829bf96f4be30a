"""What a server or the way to it can fail at, each in one line with its remedy."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import httpx

from grader.errors import BpgradeError, ServerError
from grader.language import gettext_lazy as _

_LONGEST: Final = 300
_OF_ONE_FILE: Final = frozenset({"large", "kind", "many", "blank"})
_KNOWN: Final = {
    "not_found": (
        _("not found on the server, or you may not see it"),
        _("check the course, the exercise and who you are logged in as"),
    ),
    "rate": (_("too many requests in a short time"), _("wait a few minutes, then try again")),
    "large": (
        _("the file is too large for the server"),
        _("if it is a notebook, clear its outputs"),
    ),
    "many": (
        _("the file imports more files than the server takes"),
        _("put some of them into one"),
    ),
    "kind": (
        _("the server accepts only Python files and notebooks"),
        _("give a .py or .ipynb file"),
    ),
    "blank": (
        _("the file holds no code: it was not handed in"),
        _("is it the right file, and saved? No attempt was used up"),
    ),
    "full": (
        _("the server's disk is full: the file was not kept"),
        _("hold on to it, tell your instructor, and hand it in later"),
    ),
}


class UnreachableError(ServerError):
    """A server gives no answer now; it may in a moment."""


class FileRefusedError(ServerError):
    """A server doesn't take a file; it may take others."""


class TokenError(ServerError):
    """A server doesn't know this computer's token, or not any more."""


def unanswered(error: httpx.HTTPError, address: str) -> BpgradeError:
    """Return the error for a request that had no answer."""
    cause = _deepest(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        reason = plain(cause.verify_message)
        return ServerError(
            _(
                "the certificate of {address} cannot be verified: {reason}",
                address=address,
                reason=reason,
            ),
            _(
                "check the address; if your institution has certificates of its own, name them with"
                " SSL_CERT_FILE"
            ),
        )
    if isinstance(cause, ssl.SSLError):
        return ServerError(
            _("no encrypted connection to {address} is possible", address=address),
            _("check the address with your instructor"),
        )
    if isinstance(error, httpx.TimeoutException):
        reason = _("it did not answer in time")
    else:
        reason = plain(getattr(cause, "strerror", None) or str(cause) or type(cause).__name__)
    return UnreachableError(
        _("{address} cannot be reached: {reason}", address=address, reason=reason),
        _("check the address and your network, then try again"),
    )


def unusable_variables(error: Exception) -> ServerError:
    """Return the error for a proxy, or for certificates, with which no connection can be made."""
    return ServerError(
        _("the connection cannot be set up: {reason}", reason=plain(str(error))),
        _(
            "look at the environment variables SSL_CERT_FILE and SSL_CERT_DIR, and at those of"
            " proxies: https_proxy, all_proxy and no_proxy"
        ),
    )


def no_server(address: str) -> ServerError:
    """Return the error for an address where something else answers."""
    return ServerError(
        _("there is no bpgrade server at {address}", address=address),
        _("ask your instructor for its address, and give it with --server"),
    )


def elsewhere(address: str, location: str) -> ServerError:
    """Return the error for an address that leads to another one; nothing is sent there unasked."""
    return ServerError(
        _("{address} redirects to {location}", address=address, location=plain(location)),
        _("if that is your server, give it with --server"),
    )


def refused(status: int, document: Mapping[str, object], address: str) -> BpgradeError:
    """Return the error for a request that a server has refused."""
    cause = document.get("error")
    if status == 401:
        return TokenError(
            _("this computer is not, or no longer, allowed to hand in for you"),
            _("run the command again"),
        )
    if cause == "attempts":
        return _no_attempt(document.get("again"))
    if cause == "unreadable":
        return FileRefusedError(
            plain(str(document.get("error_description", ""))),
            _("it was not handed in, and no attempt was used up"),
        )
    if cause in ("database", "broken"):
        return UnreachableError(
            _("the server at {address} failed", address=address),
            _("try again; if it fails again, tell your instructor"),
        )
    if cause == "course":
        told = plain(str(document.get("error_description", "")))
        return ServerError(
            _("the course cannot be used at the moment: {reason}", reason=told),
            _("tell your instructor"),
        )
    if str(cause) in _KNOWN:
        kind = FileRefusedError if cause in _OF_ONE_FILE else ServerError
        return kind(*_KNOWN[str(cause)])
    return ServerError(
        _("the server refused the file: {reason}", reason=plain(str(cause))),
        _("a newer bpgrade may know why: pip install --upgrade bpgrade"),
    )


def plain(text: str) -> str:
    """Return what a server said, short, on one line, and without what acts on a terminal."""
    shown = "".join(each if each.isprintable() else " " for each in text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def _no_attempt(again: object) -> ServerError:
    try:
        when = datetime.fromisoformat(str(again)).astimezone()
    except ValueError:
        return FileRefusedError(
            _("you have no attempts left for this exercise: the file was not handed in"),
            _("what you have handed in before stays; ask your instructor"),
        )
    return FileRefusedError(
        _("you have handed in too often for now: the file was not handed in"),
        _("you can hand in again at {time}", time=f"{when:%H:%M}"),
    )


def _deepest(error: BaseException) -> BaseException:
    while error.__cause__ is not None or error.__context__ is not None:
        error = error.__cause__ or error.__context__ or error
    return error
