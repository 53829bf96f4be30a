"""What a learning platform keeps: courses, the people in them, activities, and a gradebook.

The rules of the gradebook are those of Moodle 4.5, with the file that each was read in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_ROLES = {
    "Instructor": [f"{_MEMBERSHIP}#Instructor"],
    "Learner": [f"{_MEMBERSHIP}#Learner"],
    "TeachingAssistant": [
        f"{_MEMBERSHIP}/Instructor#TeachingAssistant",
        f"{_MEMBERSHIP}#Instructor",
    ],
    "Mentor": [f"{_MEMBERSHIP}#Mentor"],
    "Administrator": ["http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"],
}
GRADED_IN_FULL = "FullyGraded"
_numbers = count(1)


@dataclass
class StandInMember:
    """Somebody in a course. A role is a short name; `is_active` is no longer so after leaving."""

    number: str
    given: str
    family: str
    role: str = "Learner"
    is_active: bool = True

    @property
    def roles(self) -> list[str]:
        """The roles as a launch has them."""
        return _ROLES[self.role]

    @property
    def is_graded(self) -> bool:
        return self.role == "Learner" and self.is_active


@dataclass
class StandInCell:
    """What one person has in one column: `changed` is in whole seconds since 1970."""

    score: float | None = None
    comment: str = ""
    changed: int = 0
    is_overridden: bool = False
    is_locked: bool = False
    taken: int = 0  # how many scores were answered with 200


@dataclass
class StandInColumn:
    """A line item. Its activity is None where a tool has made it by itself."""

    label: str
    maximum: float
    activity: int | None = None
    resource: str = ""
    tag: str = ""
    number: int = field(default_factory=lambda: next(_numbers))
    cells: dict[str, StandInCell] = field(default_factory=dict)

    def cell(self, person: str) -> StandInCell:
        return self.cells.setdefault(person, StandInCell())

    def put(self, body: dict) -> tuple[int, str]:
        """Take a score in; return the status, and why where it is none of success."""
        cell = self.cell(body["userId"])
        at = int(datetime.fromisoformat(body["timestamp"]).timestamp())
        # scores.php, get_json_for_post_request: `>=` of whole seconds, which a stamp in the
        # future wins against all that come before it
        if cell.changed and cell.changed >= at:
            return 409, "Refusing score with an earlier timestamp"
        # grade_item.php, update_raw_grade: false; gradebookservices.php, save_grade_item: 500
        if cell.is_locked:
            return 500, ""
        cell.taken += 1
        # grade_item.php, update_raw_grade: what a teacher has written stays, and all is well
        if cell.is_overridden:
            return 200, ""
        # scores.php: any state but this erases what is there, and all is well
        is_final = body["gradingProgress"] == GRADED_IN_FULL
        given = body.get("scoreGiven") if is_final else None
        if given is not None:
            # gradebookservices.php, save_grade_item: scaled to the column's own maximum;
            # grade_item.php, bounded_grade: cut to it
            scaled = given * self.maximum / (body.get("scoreMaximum") or 1)
            given = min(max(scaled, 0.0), self.maximum)
        cell.score = given
        cell.comment = body.get("comment", "")  # one that is left out erases, too
        cell.changed = at if given is not None else 0
        return 200, ""

    def override(self, person: str, score: float, now: float) -> None:
        """Let a teacher write into the gradebook; grade_item.php, update_final_grade."""
        cell = self.cell(person)
        cell.score, cell.changed = score, int(now)
        # only what belongs to an activity can be overridden; another's next score replaces it
        cell.is_overridden = self.activity is not None


@dataclass
class Activity:
    """A link to a tool in a course."""

    title: str
    address: str
    custom: dict[str, str] = field(default_factory=dict)
    number: int = field(default_factory=lambda: next(_numbers))


@dataclass
class StandInCourse:
    """A course with its people, its activities and its gradebook."""

    title: str
    members: dict[str, StandInMember] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    columns: dict[int, StandInColumn] = field(default_factory=dict)
    number: int = field(default_factory=lambda: next(_numbers))
    history: list[int] = field(default_factory=list)

    def add(self, *people: StandInMember) -> None:
        self.members.update({one.number: one for one in people})

    def add_activity(self, activity: Activity, maximum: float | None) -> Activity:
        """Put an activity into the course, with a column where there is something to get."""
        self.activities.append(activity)
        if maximum is not None:
            column = StandInColumn(activity.title, maximum, activity.number)
            self.columns[column.number] = column
        return activity

    def column_of(self, activity: Activity) -> StandInColumn:
        return next(one for one in self.columns.values() if one.activity == activity.number)

    def copy(self, title: str) -> StandInCourse:
        """Return a copy for the next term: nobody in it, and every number another."""
        copied = StandInCourse(title, history=[self.number, *self.history])
        for one in self.activities:
            columns = [each for each in self.columns.values() if each.activity == one.number]
            copied.add_activity(
                Activity(one.title, one.address, dict(one.custom)),
                columns[0].maximum if columns else None,
            )
        return copied


@dataclass
class Tool:
    """What a tool has registered."""

    login: str
    redirects: tuple[str, ...]
    keys: str
    client: str
    deployment: str = "1"
    told: Mapping[str, Any] = field(default_factory=dict)
