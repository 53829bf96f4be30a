"""The records that a batch is planned with: files found, whose they are, what is to be graded."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Literal

from grader.course import Exercise
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path with forward slashes, the name to read it by, and, for a member of a
    zip inside, that zip as `outer`."""

    path: str
    outer: str
    member: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a platform's naming, or a folder's, says of one file.

    Attributes
    ----------
    name : str
        The file's own name, as the student gave it.
    student_id, student_name : str
        Whose it is, as far as the naming tells.
    submitted : datetime or None
        When it was handed in; naive where the platform gives no zone.
    late : bool or None
        Whether the platform marks it as late; None where it says nothing.
    id_is : {"any", "person", "participant or team"}
        What `student_id` is: any of a person's ids or what else stands there; surely the
        submitter's; or a number that Moodle gives participants and teams alike.
    has_namesake : bool
        Whether another number has the same name in the download.
    said : tuple of str
        The names of folders and of the file in which somebody may be named, where people chose
        them and no platform did; without what they say of the exercise and the attempt.
    """

    name: str
    student_id: str = ""
    student_name: str = ""
    submitted: datetime | None = None
    late: bool | None = None
    id_is: Literal["any", "person", "participant or team"] = "any"
    has_namesake: bool = False
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Student:
    """Whose a submission is, and how that is known, which may differ from file to file."""

    id: str
    name: str
    matched: Literal["id", "name", "group", "table", "unlisted", "file"] = field(
        default="file", compare=False
    )


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """One line of the roster.

    Attributes
    ----------
    id, name : str
        What the person goes by in the outputs.
    ids : tuple of str
        Every id that the person may be found by.
    participant : str
        The whole `Participant 123` of Moodle, whose number is of one assignment alone.
    group : str
    """

    id: str
    name: str
    ids: tuple[str, ...]
    participant: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class BatchAttempt:
    """One submission of one student for one exercise.

    `entry` is where it lies in what was handed to the batch; `number` counts the student's
    attempts at the exercise, from 1, of `attempts` in all. `note` says what the student should know
    of how it was chosen among several files. `beside` are the student's other files, by the paths
    that the submission would import them by.
    """

    student: Student
    exercise: Exercise
    entry: Entry
    name: str
    number: int
    attempts: int
    submitted: datetime | None = None
    late: bool | None = None
    note: str = ""
    beside: tuple[tuple[str, Entry], ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A file that could not be given its place, or something to tell of it.

    Attributes
    ----------
    path, reason : str
    exercise, student : str
        Which it is for, where that is known; whose it is, where the instructor has said so.
    is_nobodys : bool
        Whether it is a submission, and whose or for what is not known.
    """

    path: str
    reason: str
    exercise: str = ""
    student: str = ""
    is_nobodys: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a batch is to grade, in the order of its outputs, and what it could not place."""

    layout: str
    attempts: tuple[BatchAttempt, ...]
    left_over: tuple[LeftOver, ...]
    missing: tuple[tuple[Student, Exercise], ...] = ()
