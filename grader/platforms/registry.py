"""All platforms, by the names that the commands take; each module is imported when it is asked."""

from __future__ import annotations

import importlib
from typing import Final

from grader.errors import UsageError
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.platforms.platform import Platform

NAMES: Final = (
    "gradescope",
    "github",
    "classroom50",
    "prairielearn",
    "coderunner",
    "vpl",
    "autolab",
    "dodona",
    "inginious",
    "codegrade",
    "codio",
    "artemis",
    "junit",
    "okpy",
    "edx",
    "coursera",
)


def platform(name: str) -> Platform:
    """Return the platform of that name.

    Raises
    ------
    UsageError
        There is none.
    """
    if name not in NAMES:
        raise UsageError(
            _("no such platform: {name!r}", name=name),
            _("choose one of: {names}", names=enumerated(NAMES)),
        )
    found: Platform = importlib.import_module(f"grader.platforms.{name}").PLATFORM
    return found
