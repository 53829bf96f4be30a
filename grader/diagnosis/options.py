"""How mistakes are to be diagnosed; light, since every run has it and few diagnose."""

from __future__ import annotations

from collections.abc import Callable

from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Options:
    """How to diagnose.

    Attributes
    ----------
    explain : callable or None
        Takes lines on how a diagnosis was found: for instructors, never for students.
    """

    explain: Callable[[str], None] | None = None
