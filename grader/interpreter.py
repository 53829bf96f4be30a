"""How Python was started: what of it must not change a grade."""

from __future__ import annotations

import os
import sys
from typing import Final

from grader.errors import UsageError
from grader.language import gettext_lazy as _

_LEFT_OUT: Final = ("PYTHONINSPECT", "PYTHONOPTIMIZE")
"""What Python reads at its start alone: one takes `assert` and docstrings out of a course's checks,
the other turns each exit code into a traceback."""


def variables() -> dict[str, str]:
    """Return the environment variables that a process of the grader's own gets."""
    return {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}


def start_as_ever() -> None:
    """Start this program again where variables have changed what its Python does."""
    if os.name == "posix" and any(map(os.environ.get, _LEFT_OUT)):
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], variables())


def check_keeps_assertions() -> None:
    """Do nothing where Python runs each `assert`.

    Raises
    ------
    UsageError
        It was started to leave them out: a check would pass whatever was handed in.
    """
    if sys.flags.optimize:
        raise UsageError(
            _("Python was started to leave out `assert`, by which checks find mistakes"),
            _("start it without -O and without PYTHONOPTIMIZE"),
        )
