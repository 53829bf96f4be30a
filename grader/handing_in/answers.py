"""What a server answers, as frozen records; what they don't name is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Literal, TypeVar

from grader.quick_dataclass import dataclass
from grader.result import from_json


@dataclass(frozen=True, slots=True)
class DeviceAuthorization:
    """What a computer is given that asks to hand in: RFC 8628, section 3.2."""

    device_code: str
    user_code: str
    verification_uri: str
    expires_in: int
    interval: int


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token, as RFC 6749 has it."""

    access_token: str


@dataclass(frozen=True, slots=True)
class Me:
    """Whose a token is, and the names of their courses."""

    username: str
    courses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedExercise:
    """An exercise of a course."""

    name: str


@dataclass(frozen=True, slots=True)
class AttemptStatus:
    """A file that was handed in, and how far it is.

    Attributes
    ----------
    number : int
        Its number on the server.
    attempt : int
        Which one of this person's at the exercise.
    page : str
        The address where its person reads of it.
    before : int
        How many are before it.
    seconds, ask_again : float
        About how long until a worker is at it; after how long it is worth asking again.
    stalled : bool
        Whether no worker is running.
    late : str
        How late it is, in words.
    """

    number: int
    exercise: str
    attempt: int
    page: str
    state: Literal["waiting", "graded", "ungraded", "withheld"]
    before: int
    seconds: float
    stalled: bool
    ask_again: float
    late: str


Answer = TypeVar("Answer", DeviceAuthorization, AccessToken, Me, ListedExercise, AttemptStatus)


def read(kind: type[Answer], document: object) -> Answer:
    """Return a server's answer as a record.

    Raises
    ------
    ValueError
        It is none.
    """
    if not isinstance(document, Mapping):
        raise ValueError("the answer is no object")
    known: dict[str, Any] = {
        each.name: document[each.name] for each in fields(kind) if each.name in document
    }
    found: Answer = from_json.read(kind, known, "the answer")
    return found
