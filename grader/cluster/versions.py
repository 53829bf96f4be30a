"""What must be the same on a worker and here, so that grades are the same."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from typing import Final

import grader
from grader.batch.cache_key import engine, libraries
from grader.language import gettext_lazy as _
from grader.language import listed

_SOURCES: Final = "sources"


def versions() -> dict[str, str]:
    """Return the versions that this process grades with, and a digest of the grader's sources."""
    return {
        "bpgrade": grader.__version__,
        "Python": platform.python_version(),
        **libraries(),
        _SOURCES: engine(),
    }


def difference(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Return in words what a worker has otherwise; empty where all is the same."""
    names = [name for name in here if name != _SOURCES and there.get(name) != here[name]]
    if names:
        found = [
            f"{name} {there[name]}" if name in there else _("no {name}", name=name)
            for name in names
        ]
        wanted = [f"{name} {here[name]}" for name in names]
        return _(
            "it has {found}; this machine has {wanted}",
            found=listed(found),
            wanted=listed(wanted),
        )
    if there.get(_SOURCES) != here.get(_SOURCES):
        return _("its bpgrade has the same version but other source files")
    return ""
