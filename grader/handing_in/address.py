"""The address of a server, as people type it."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from grader.errors import UsageError
from grader.language import gettext_lazy as _


def server_address(text: str, *, allow_http: bool = False) -> str:
    """Return a server's address in full, as in `https://grade.example.org`.

    Parameters
    ----------
    text : str
        What somebody typed, with or without `https://`; what stands behind the host is left out.
    allow_http : bool
        Whether what is sent may go unencrypted over a network.

    Raises
    ------
    UsageError
        It is no address, or nothing would be encrypted.
    """
    typed = text.strip()
    parts = _parts(typed if "://" in typed else f"https://{typed}")
    host = parts.hostname if parts is not None else None
    if parts is None or host is None or parts.scheme not in ("http", "https"):
        raise UsageError(
            _("{address} is not the address of a server", address=repr(text)),
            _("write it as https://grade.example.org"),
        )
    scheme = parts.scheme
    if "://" not in typed and _is_here(host):  # where nobody has a certificate
        scheme = "http"
    if scheme == "http" and not (_is_here(host) or allow_http):
        raise UsageError(
            _("{address} is not encrypted: others could hand in as you", address=repr(text)),
            _("use https://, or --allow-http on a network that you trust"),
        )
    return f"{scheme}://{parts.netloc.rpartition('@')[2]}"


def _parts(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    return parts if address.isprintable() and " " not in address else None


def _is_here(host: str) -> bool:
    """Return whether a host is this computer, so that nothing crosses a network."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
