"""What a platform says that somebody is, by long names and by short ones."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

_MEMBERSHIP: Final = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_EVERYWHERE: Final = (
    "http://purl.imsglobal.org/vocab/lis/v2/institution/person#",
    "http://purl.imsglobal.org/vocab/lis/v2/system/person#",
)
_ASSISTANTS: Final = {"TeachingAssistant", "Grader"}
_INSTRUCTORS: Final = {"Instructor", "Administrator", "ContentDeveloper"}


class CourseRole(StrEnum):
    """What somebody is in a course."""

    STUDENT = "student"
    ASSISTANT = "assistant"
    INSTRUCTOR = "instructor"


def course_role(roles: Iterable[str]) -> CourseRole | None:
    """Return what somebody is in the course; None where the platform names nothing that counts.

    A teaching assistant is also called an instructor by some platforms, and is an assistant here.
    An administrator of the whole platform teaches in all of its courses. Observers are nothing.
    """
    in_course, everywhere = set(), set()
    for role in roles:
        place, _, name = role.rpartition("#")
        if role.startswith(_EVERYWHERE):
            everywhere.add(name)
        elif role.startswith(_MEMBERSHIP):
            in_course |= {name, place.removeprefix(f"{_MEMBERSHIP}/")}  # …/Learner#GuestLearner
        elif "/" not in role and ":" not in role:
            in_course.add(name)
    if in_course & _ASSISTANTS:
        return CourseRole.ASSISTANT
    if in_course & _INSTRUCTORS:
        return CourseRole.INSTRUCTOR
    if "Learner" in in_course:
        return CourseRole.STUDENT
    return CourseRole.INSTRUCTOR if everywhere & {"Administrator", "SysAdmin"} else None
