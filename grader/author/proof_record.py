"""What the proof of a course found, as frozen records, and its JSON form."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from grader.quick_dataclass import dataclass

SCHEMA: Final = "bpgrade-verify/1"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that the author has to fix, and how."""

    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Scores:
    """What a program scored, seed by seed."""

    scores: tuple[float, ...]

    @property
    def steady(self) -> bool:
        """Whether it is the same for every seed."""
        return len(set(self.scores)) == 1


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """A check, and the first wrong program that failed it ("" where none did)."""

    id: str
    function: str
    points: float
    visible: bool
    failed_by: str


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that all hidden checks of its function let pass."""

    operator: str
    diff: str


@dataclass(frozen=True, slots=True)
class Mutation:
    """How many wrong versions of a function its hidden checks tell from the right one.

    Equivalent mutants return what the reference returns on the author's probes; without
    probes (`probed` is false) none is known to.
    """

    function: str
    mutants: int
    killed: int
    equivalent: int
    probed: bool
    survivors: tuple[Survivor, ...]

    @property
    def score(self) -> float:
        """The share of the mutants that are not equivalent which were killed."""
        wrong = self.mutants - self.equivalent
        return self.killed / wrong if wrong else 1.0


@dataclass(frozen=True, slots=True)
class MisconceptionFinding:
    """What became of a misconception.

    Attributes
    ----------
    lost : float
        The points that it lost in its own function.
    elsewhere : tuple of str
        Checks of other functions that failed.
    named : tuple of str
        The ids of the mistakes that the student reads.
    steady : bool
        Whether the score is the same for every seed.
    """

    id: str
    function: str
    lost: float
    elsewhere: tuple[str, ...]
    named: tuple[str, ...]
    steady: bool


@dataclass(frozen=True, slots=True)
class ExerciseFinding:
    """All that was found in one exercise; without checks that can be run only its faults.

    `points` are those that checks give; a person gives `points_by_hand` in `by_hand` parts.
    """

    name: str
    title: str
    points: float
    faults: tuple[Fault, ...]
    by_hand: int = 0
    points_by_hand: float = 0.0
    reference: Scores | None = None
    stub: Scores | None = None
    seconds: float = 0.0
    checks: tuple[CheckFinding, ...] = ()
    mutation: tuple[Mutation, ...] = ()
    misconceptions: tuple[MisconceptionFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Untranslated:
    """A text that a language of the course lacks, by its first line, and the file to put it in."""

    language: str
    file: str
    text: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found in a course; what is not translated yet is no fault."""

    course: str
    exercises: tuple[ExerciseFinding, ...]
    seeds: int
    seconds: float
    untranslated: tuple[Untranslated, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not any(exercise.faults for exercise in self.exercises)

    def to_json(self) -> str:
        """Return the document as one line of JSON."""
        document = {"schema": SCHEMA, "ok": self.ok, **asdict(self)}
        for exercise, own in zip(document["exercises"], self.exercises, strict=True):
            for entry, mutation in zip(exercise["mutation"], own.mutation, strict=True):
                entry["score"] = round(mutation.score, 4)
        return json.dumps(document, allow_nan=False)
