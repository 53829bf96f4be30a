"""Whether what handing in needs is installed: it is an extra."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from grader.errors import UsageError
from grader.language import gettext_lazy as _

_NEEDED: Final = ("httpx", "keyring")


def check_installed() -> None:
    """Do nothing where handing in is installed.

    Raises
    ------
    UsageError
        It is not.
    """
    if not all(map(find_spec, _NEEDED)):
        raise UsageError(
            _("handing in is an extra that is not installed"), "pip install 'bpgrade[submit]'"
        )
