"""This computer's tokens: in the system's keyring where there is one, else in private files.

Keyrings are backends of other packages, and raise what they like, even when asked whether they are
there. A file is written where the keyring has refused, so a token in a file is the newer one.
"""

from __future__ import annotations

from typing import Final

import keyring
from keyring.errors import KeyringLocked

from grader.handing_in import records
from grader.handing_in.login import Say
from grader.handing_in.server_failures import plain
from grader.language import gettext_lazy as _

_SERVICE: Final = "bpgrade"
_FILES: Final = "tokens"


def token_of(server: str, say: Say) -> str:
    """Return the token for a server, nothing where there is none; `say` is told of a failure."""
    kept = str(records.read(_FILES, server).get("token", ""))
    if kept:
        return kept
    try:
        return (keyring.get_password(_SERVICE, server) or "") if _has_keyring() else ""
    except Exception as error:
        say(_("the keyring cannot be read: {reason}", reason=_reason(error)))
        return ""


def keep(server: str, token: str, say: Say) -> None:
    """Keep the token for a server; `say` is told where the keyring didn't.

    Raises
    ------
    UsageError
        There is no keyring, and no file can be written.
    """
    refusal = None
    try:
        if _has_keyring():
            keyring.set_password(_SERVICE, server, token)
            return
    except Exception as error:
        refusal = error
    records.write(_FILES, server, token=token)
    if refusal is not None:
        say(
            _(
                "the keyring has kept nothing ({reason}): what lets this computer hand in is in a"
                " file that only you may read",
                reason=_reason(refusal),
            )
        )


def forget(server: str) -> None:
    """Forget the token for a server, wherever it is."""
    records.delete(_FILES, server)
    try:
        if _has_keyring():
            keyring.delete_password(_SERVICE, server)
    except Exception:  # it was in the file, or the keyring is locked: the next one goes to a file
        return


def _has_keyring() -> bool:
    """Return whether there is a keyring that keeps anything."""
    return float(keyring.get_keyring().priority) > 0


def _reason(error: Exception) -> str:
    """Return what a keyring has said, in part of a line."""
    if isinstance(error, KeyringLocked):
        return _("it is locked")
    return plain(str(error).strip().partition("\n")[0] or type(error).__name__)
