"""The result document as frozen dataclasses, and its JSON form.

`docs/result.schema.json` describes the JSON. Scores, points and seconds are finite floats that
are not negative. Texts may hold any characters, lone surrogates too; a high and a low surrogate
side by side are read back as the one character that they encode.
"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Any, Literal

from grader.language import Message, recorded, translations_of
from grader.quick_dataclass import dataclass
from grader.result.from_json import read

SCHEMA = "bpgrade-result/1"
_TOLD = frozenset(
    "title message feedback cause hint note remark warnings not_run text".split()  # noqa: SIM905
)  # what is told to people, in whichever record; all else are names, code and answers


class Outcome(StrEnum):
    """How one check ended."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    NOT_IMPLEMENTED = "not_implemented"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    DIED = "died"
    FORBIDDEN_VALUE = "forbidden_value"
    BLOCKED = "blocked"
    GRADER_ERROR = "grader_error"


def _fields(record: Any) -> dict[str, Any]:
    """Return a record's fields in order; its inner records come in turn, with no copy of any."""
    return {name: getattr(record, name) for name in record.__slots__}


@dataclass(frozen=True, slots=True)
class Place:
    """A part of one line of the student's code.

    `file` is the file or the notebook's cell, `line` counts from 1 in it, and the part goes from
    `column` up to `end_column`, in characters counted from 0. `text` is the line, cut where it is
    very long.
    """

    file: str
    line: int
    column: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One named mistake: what the code does, what it should do, and where.

    `places` are the parts of the code that have to be changed, as was tried: with these changed
    and nothing else the function passes its checks. `line` is that of the first of them.
    """

    id: str
    title: str
    message: str
    certainty: Literal["exact", "likely"]
    line: int | None = None
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """What a submission has drawn: a PNG in base64, its size in pixels, and what it shows."""

    text: str
    width: int
    height: int
    png: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check's outcome, points and feedback.

    `wrong` names the entries of the returned values that are not right, `gradient_1[0, 0]`, as
    far as the check compared values; a value that is wrong as a whole by its name alone.
    `cause` says in a line what went wrong where a call gave no value, or the function takes other
    parameters; checks that failed for one cause have the same, and reports tell it once.
    `pictures` are those that the submission has drawn in the check and in none before it.
    """

    id: str
    title: str
    function: str
    outcome: Outcome
    points: float
    max_points: float
    visible: bool
    feedback: str = ""
    cause: str = ""
    hint: str = ""
    wrong: tuple[str, ...] = ()
    diagnosis: tuple[Diagnosis, ...] = ()
    pictures: tuple[Picture, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RubricItemResult:
    """Something that earns points in an answer, and whether it was found there."""

    id: str
    text: str
    points: float
    taken: bool = False


@dataclass(frozen=True, slots=True)
class PartResult:
    """A part that a person grades: the student's answer, and what it got.

    `points` is None until somebody has graded it. `note` says why there is no answer.
    """

    id: str
    title: str
    points: float | None
    max_points: float
    answer: str
    note: str = ""
    pictures: tuple[Picture, ...] = ()
    rubric: tuple[RubricItemResult, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class SubmissionInfo:
    """Which bytes were graded: the name the student knows, their digest and size."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The student's own lines of one function.

    `place` is the file or the notebook's cell that they stand in, `first_line` the number that
    the first of them has there, as in `Diagnosis.line`.
    """

    function: str
    place: str
    first_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Result:
    """The whole result of one submission.

    `status` is "ungraded" when any check ended as a grader error: the score then says
    nothing about the student. `warnings` are remarks that cost no points (a name defined
    twice). `not_run` lists what was left out, so that a partial run never reads as full marks.
    `listings` holds the functions that lost points, as the student wrote them. `by_hand` are the
    parts that a person grades: `score` is without those that nobody has graded. `languages` are
    those that its texts are told in beside English; in JSON their texts stand in `translations`.
    """

    submission: SubmissionInfo
    course: str
    exercise: str
    seed: int
    status: Literal["graded", "ungraded"]
    score: float
    max_score: float
    isolation: tuple[str, ...]
    output: str
    checks: tuple[CheckResult, ...]
    warnings: tuple[str, ...] = ()
    not_run: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    by_hand: tuple[PartResult, ...] = ()
    seconds: float = 0.0
    languages: tuple[str, ...] = ()

    @property
    def to_grade(self) -> tuple[PartResult, ...]:
        """The parts that somebody has yet to grade."""
        return tuple(part for part in self.by_hand if part.points is None)

    @property
    def full_marks(self) -> bool:
        """Whether everything was run, graded and right."""
        whole = self.status == "graded" and not self.not_run and not self.to_grade
        return whole and self.score >= self.max_score

    def to_json(self) -> str:
        """Return the document as one line of JSON, ASCII only, never NaN."""
        fields = {**_fields(self), "translations": translations_of(_messages(self), self.languages)}
        del fields["languages"]
        return json.dumps({"schema": SCHEMA, **fields}, default=_fields, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        """Read a document that `to_json` wrote.

        Raises
        ------
        ValueError
            The text is not JSON, of another schema, or a key is missing, unknown or of the
            wrong type; the message names the key.
        """
        try:
            data = json.loads(text)
        except RecursionError:
            raise ValueError("nested too deeply to be a result document") from None
        return cls.from_data(data)

    @classmethod
    def from_data(cls, data: object) -> Result:
        """Read a document that has been decoded from JSON already.

        Raises
        ------
        ValueError
            As `from_json`.
        """
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            raise ValueError(f"not a {SCHEMA} document")
        fields = {key: value for key, value in data.items() if key != "schema"}
        if "translations" not in fields:
            raise ValueError("result lacks translations")
        others = _translations(fields.pop("translations"))
        fields["languages"] = list(others)
        if others:
            fields = _said(fields, _by_text(others))
        result: Result = read(cls, fields, "result")
        return result


def _messages(record: Any) -> list[Message]:
    """Return the messages of a record and of all that it holds."""
    found: list[Message] = []
    for name in record.__slots__:
        value = getattr(record, name)
        if isinstance(value, Message):
            found.append(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Message):
                    found.append(item)
                elif not isinstance(item, str):
                    found += _messages(item)
    return found


def _translations(found: object) -> dict[str, dict[str, str]]:
    """Return the texts by language; raises ValueError where it is no such mapping."""
    if not isinstance(found, dict):
        raise ValueError("result.translations must be an object")
    for language, texts in found.items():
        if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
            raise ValueError(f"result.translations[{language!a}] must map texts to texts")
    return found


def _by_text(others: dict[str, dict[str, str]]) -> dict[str, Message]:
    found: dict[str, dict[str, str]] = {}
    for language, texts in others.items():
        for text, other in texts.items():
            found.setdefault(text, {})[language] = other
    return {text: recorded(text, said) for text, said in found.items()}


def _said(value: Any, messages: dict[str, Message], key: str = "") -> Any:
    """Return decoded JSON, its texts that people read as messages."""
    if isinstance(value, dict):
        return {
            name: _said(inner, messages, name)
            if name in _TOLD or isinstance(inner, (dict, list))
            else inner
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_said(inner, messages, key) for inner in value]
    if isinstance(value, str) and key in _TOLD:
        return messages.get(value, value)
    return value
