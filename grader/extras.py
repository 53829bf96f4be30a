"""The extras of the package: what is installed only where it is asked for."""

from __future__ import annotations

from importlib import metadata

from grader.errors import UsageError
from grader.language import listed
from grader.language import ngettext_lazy as ngettext


def missing_packages(extra: str) -> list[str]:
    """Return the packages of an extra that are not installed."""
    from packaging.requirements import Requirement

    missing = []
    for one in map(Requirement, metadata.requires("bpgrade") or ()):
        if one.marker is None or not one.marker.evaluate({"extra": extra}):
            continue
        try:
            metadata.distribution(one.name)
        except metadata.PackageNotFoundError:
            missing.append(one.name)
    return missing


def check_installed(extra: str, what: str) -> None:
    """Do nothing where an extra is installed.

    Parameters
    ----------
    extra : str
    what : str
        What needs it, in words.

    Raises
    ------
    UsageError
        A package of it is missing.
    """
    if missing := missing_packages(extra):
        raise UsageError(
            ngettext(
                "{what} needs {packages}, which is not installed",
                "{what} needs {packages}, which are not installed",
                len(missing),
                what=what,
                packages=listed(missing),
            ),
            f"pip install 'bpgrade[{extra}]'",
        )
