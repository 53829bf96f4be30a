"""What a session remembers of the launch that it began with."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import asdict
from typing import Any, Final

from grader.quick_dataclass import dataclass

_KEY: Final = "stay"


@dataclass(frozen=True, slots=True)
class Stay:
    """Where somebody has come from, and what they came for.

    Attributes
    ----------
    platform, course : int
        The numbers of the platform, and of the course there.
    deployment : str
    teaches : bool
        Whether they teach that course.
    exercise : str
        The exercise that they came for; nothing for the course.
    return_address : str
        The page of the platform that they go back to.
    deep_linking : dict or None
        What the platform said of it, where they came to choose exercises.
    frame : int
        The number of the launch in whose frame their window was opened; 0 where they have none.
    """

    platform: int
    course: int
    deployment: str
    teaches: bool
    exercise: str = ""
    return_address: str = ""
    deep_linking: dict[str, Any] | None = None
    frame: int = 0


def stay_of(session: MutableMapping[str, Any]) -> Stay | None:
    """Return what a session began with; None where that was no launch."""
    found = session.get(_KEY)
    return Stay(**found) if found else None


def remember(session: MutableMapping[str, Any], stay: Stay) -> None:
    """Keep what a session begins with."""
    session[_KEY] = asdict(stay)
