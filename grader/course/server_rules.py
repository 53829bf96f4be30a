"""What a server does with an exercise: how often one may hand in, and what is told when."""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import Any, Final

from grader.course.tables import TomlTable
from grader.language import gettext_lazy as _
from grader.language import joined
from grader.quick_dataclass import dataclass

_RANGES: Final[dict[str, tuple[int, int]]] = {
    "attempts": (1, 100_000),
    "attempts_per_hour": (1, 100_000),
}
_AT_ONCE: Final = "at_once"
_AFTER_DEADLINE: Final = "after_deadline"
_AFTER_ATTEMPTS: Final = re.compile(r"after_([2-9]|[1-9][0-9]{1,3})_attempts")
_WORDS: Final = {
    "diagnoses": (_AT_ONCE, "after_3_attempts", _AFTER_DEADLINE),
    "hints": (_AT_ONCE, "after_3_attempts", _AFTER_DEADLINE),
    "hidden_checks": (_AT_ONCE, _AFTER_DEADLINE),
}
"""What has a stage, and examples of how to write each one's."""


@dataclass(frozen=True, slots=True)
class Stage:
    """When something is told: after so many attempts, or once the deadline is over, or at once."""

    attempts: int = 0
    after_deadline: bool = False

    def is_reached(self, attempts: int, is_over: bool) -> bool:
        """Whether it is told to who has made so many attempts, before or after the deadline."""
        return attempts >= self.attempts and (is_over or not self.after_deadline)


@dataclass(frozen=True, slots=True)
class Serving:
    """What a server allows, and tells, of an exercise.

    Attributes
    ----------
    attempts, attempts_per_hour : int or None
        How many are allowed, in all and in an hour; None for any number.
    diagnoses, hints : Stage
        When mistakes are named, and when the hints of the checks are given.
    hidden_checks : Stage
        When it is told how the hidden checks have ended, and so the score.
    """

    attempts: int | None = None
    attempts_per_hour: int | None = None
    diagnoses: Stage = field(default_factory=Stage)
    hints: Stage = field(default_factory=Stage)
    hidden_checks: Stage = field(default_factory=Stage)

    @property
    def is_limited(self) -> bool:
        """Whether there is a number of attempts that nobody goes beyond."""
        return self.attempts is not None or self.attempts_per_hour is not None


def read_serving(table: TomlTable, base: Serving) -> Serving:
    """Return what the `server` table in a table says, over what holds for the whole course."""
    own = table.table("server")
    own.expect({}, (*_RANGES, *_WORDS))
    given: dict[str, Any] = {
        name: own.number(name, *_RANGES[name]) for name in _RANGES if name in own
    }
    given |= {name: _stage(own, name) for name in _WORDS if name in own}
    return replace(base, **given)


def expect_reachable(table: TomlTable, serving: Serving) -> None:
    """Note what an exercise would never tell: after a deadline or attempts that there are not."""
    for name in _WORDS:
        stage: Stage = getattr(serving, name)
        at_once = f'server.{name} = "{_AT_ONCE}"'
        if stage.after_deadline and "deadline" not in table:
            remedy = _("write a deadline for the exercise, or {example}", example=at_once)
            table.reject("server", remedy, _("{name} waits for a deadline", name=name))
        if serving.attempts is not None and stage.attempts > serving.attempts:
            remedy = _("allow as many attempts, or write {example}", example=at_once)
            found = _("{name} waits for {count} attempts", name=name, count=stage.attempts)
            table.reject("server", remedy, found)


def _stage(table: TomlTable, name: str) -> Stage:
    word = table.text(name)
    counted = _AFTER_ATTEMPTS.fullmatch(word)
    if counted and name != "hidden_checks":
        return Stage(attempts=int(counted[1]))
    if word and word not in (_AT_ONCE, _AFTER_DEADLINE):
        words = joined(*(f'"{each}"' for each in _WORDS[name]), separator=_(" or "))
        table.reject(name, _("write {example}", example=words))
    return Stage(after_deadline=word == _AFTER_DEADLINE)
