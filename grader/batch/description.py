"""What the grades of a batch depend on besides its results: batch.json in the output folder.

    {"schema": "bpgrade-batch/1", "course", "time_zone": name or null,
     "late": {"grace_minutes", "penalty_per_day", "max_penalty"},
     "exercises": {name: {"max_score", "deadline": ISO 8601 or null,
                          "checks": a digest of what the exercise is checked by,
                          "by_hand": [{"id", "title", "points", "answer",
                                       "rubric": [{"id", "text", "points"}]}]}},
     "missing": [[student id, name, exercise] for who handed nothing in]}

So whoever reads the folder later needs no course beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from grader.batch.records import Student
from grader.course import Course, Exercise, LatePolicy
from grader.course.by_hand import Part, RubricItem
from grader.errors import UsageError, reason_of, unreadable
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

NAME: Final = "batch.json"
_SCHEMA: Final = "bpgrade-batch/1"


@dataclass(frozen=True, slots=True)
class GradedExercise:
    """An exercise as a batch graded it; `checks` tells one version of its checks from another.

    `by_hand` are the parts that a person grades; their points are in `max_score`.
    """

    max_score: float
    deadline: datetime | None
    checks: str
    by_hand: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """A batch's course as far as grades depend on it, and who handed in nothing."""

    course: str
    late: LatePolicy
    time_zone: ZoneInfo | None
    exercises: Mapping[str, GradedExercise]
    missing: tuple[tuple[Student, str], ...]


def describe(course: Course, missing: Iterable[tuple[Student, Exercise]]) -> Description:
    """Return what is to be kept of a course, and who is missing."""
    return Description(
        course=course.name,
        late=course.late,
        time_zone=course.time_zone,
        exercises={
            one.name: GradedExercise(one.max_score, one.deadline, _digest(course, one), one.by_hand)
            for one in course.exercises
        },
        missing=tuple((student, exercise.name) for student, exercise in missing),
    )


def _digest(course: Course, exercise: Exercise) -> str:
    digest = hashlib.sha256()
    for path in (course.checks(exercise), course.reference(exercise)):
        if path.is_file():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def to_json(description: Description) -> str:
    """Return the text of batch.json."""
    exercises = {
        name: {
            "max_score": one.max_score,
            "deadline": one.deadline.isoformat() if one.deadline else None,
            "checks": one.checks,
            "by_hand": [asdict(part) for part in one.by_hand],
        }
        for name, one in description.exercises.items()
    }
    document = {
        "schema": _SCHEMA,
        "course": description.course,
        "time_zone": description.time_zone.key if description.time_zone else None,
        "late": asdict(description.late),
        "exercises": exercises,
        "missing": [[who.id, who.name, exercise] for who, exercise in description.missing],
    }
    return json.dumps(document, indent=1, allow_nan=False) + "\n"


def read_description(folder: Path) -> Description:
    """Return what a batch has kept.

    Raises
    ------
    UsageError
        The folder holds no such file, or it is damaged.
    """
    path = folder / NAME
    try:
        return _description(json.loads(path.read_text("utf-8")))
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            _(
                "{folder} is not the output folder of a batch: it has no {name}",
                folder=folder,
                name=NAME,
            ),
            _(
                "give the folder that `bpgrade batch SUBMISSIONS -o FOLDER` made; if an earlier"
                " bpgrade made it, rerun the batch: nothing is graded twice"
            ),
        ) from None
    except OSError as error:
        raise unreadable(path, error) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            _("{path} is damaged: {reason}", path=path, reason=reason_of(error)),
            _("rerun the batch with the same folder"),
        ) from None


def _description(document: dict[str, Any]) -> Description:
    if document["schema"] != _SCHEMA:
        raise ValueError(_("its schema is {schema}", schema=document["schema"]))
    zone = document["time_zone"]
    return Description(
        course=str(document["course"]),
        late=LatePolicy(**document["late"]),
        time_zone=ZoneInfo(zone) if zone else None,
        exercises={
            name: GradedExercise(
                max_score=float(one["max_score"]),
                deadline=datetime.fromisoformat(one["deadline"]) if one["deadline"] else None,
                checks=str(one["checks"]),
                by_hand=tuple(map(_part, one.get("by_hand", ()))),
            )
            for name, one in document["exercises"].items()
        },
        missing=tuple(
            (Student(str(identity), str(name), "id"), str(exercise))
            for identity, name, exercise in document["missing"]
        ),
    )


def _part(fields: dict[str, Any]) -> Part:
    rubric = tuple(RubricItem(**item) for item in fields["rubric"])
    return Part(**{**fields, "rubric": rubric})
