"""This computer's tokens: in the system's keyring where there is one, else in private files."""

from __future__ import annotations

from typing import Final

import keyring
from keyring.errors import KeyringError

from grader.handing_in import records

_SERVICE: Final = "bpgrade"
_FILES: Final = "tokens"


def token_of(server: str) -> str:
    """Return the token for a server; nothing where there is none."""
    if _has_keyring():
        try:
            found = keyring.get_password(_SERVICE, server)
        except KeyringError:  # locked: the file may have it
            found = None
        if found:
            return found
    return str(records.read(_FILES, server).get("token", ""))


def keep(server: str, token: str) -> None:
    """Keep the token for a server.

    Raises
    ------
    UsageError
        There is no keyring, and no file can be written.
    """
    if _has_keyring():
        try:
            keyring.set_password(_SERVICE, server, token)
        except KeyringError:  # locked: the file it is
            records.write(_FILES, server, token=token)
    else:
        records.write(_FILES, server, token=token)


def forget(server: str) -> None:
    """Forget the token for a server, wherever it is."""
    records.delete(_FILES, server)
    if _has_keyring():
        try:
            keyring.delete_password(_SERVICE, server)
        except KeyringError:  # it was in the file
            return


def _has_keyring() -> bool:
    """Return whether there is a keyring that keeps anything."""
    return float(keyring.get_keyring().priority) > 0
