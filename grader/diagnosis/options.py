"""How mistakes are to be diagnosed; light, since every run has it and few diagnose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How to diagnose.

    Attributes
    ----------
    language : str or None
        `en` or `zh`; None for that of the environment.
    explain : callable or None
        Takes lines on how a diagnosis was found: for instructors, never for students.
    """

    language: str | None = None
    explain: Callable[[str], None] | None = None
