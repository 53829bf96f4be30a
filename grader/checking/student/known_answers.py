"""Answers that a check has ready for the calls which a student's functions make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.comparison import values

Answer = tuple[tuple[Any, ...], Any]
"""The arguments of a call, and what it returns."""


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """Answers calls that are known, and no others."""

    answers: tuple[Answer, ...]

    def __call__(self, *arguments: Any) -> Any:
        """Return what a call returns; None where it is not known."""
        for known, value in self.answers:
            if len(arguments) == len(known) and all(map(values.same, arguments, known)):
                return value
        return None
