"""From what was handed in to a plan: whose each file is, for which exercise, which attempt."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final, Literal

from grader.batch.archive import Hand
from grader.batch.layouts import Reader, reader_for
from grader.batch.records import Attempt, Entry, LeftOver, Origin, Plan, Student
from grader.batch.roster import Roster
from grader.course import Course, Exercise
from grader.errors import UsageError
from grader.grading.submission import exercises_named

# browsers and platforms put an ending of their own after the student's
_SUBMISSION: Final = re.compile(r"\.(py(\.txt)?|ipynb(\.(txt|json))?)$", re.IGNORECASE)
_ONLINE: Final = re.compile(r"(^|_)(text|link|onlinetext)\.html$")
Keep = Literal["latest", "best"]
_Grouped = dict[tuple[Student, Exercise], list[tuple[Origin, Entry]]]


def make_plan(
    hand: Hand, course: Course, exercise: str | None, roster: Roster | None, keep: Keep
) -> Plan:
    """Return what is to be graded, and what could not be given its place.

    Parameters
    ----------
    hand : Hand
        What was handed in.
    course : Course
    exercise : str or None
        Which exercise all files are for; else their names and folders say so.
    roster : Roster or None
        Who is in the class; else the files' own names are the students.
    keep : {"latest", "best"}
        Which attempts are graded: the last one of each student, or all.

    Raises
    ------
    UsageError
        There is nothing to grade.
    """
    entries, left_over = hand.entries()
    files = [entry for entry in entries if _SUBMISSION.search(entry.path)]
    reader = reader_for(hand, entries, lambda text: names_exercise(course, text))
    found = _Finder(course, exercise, roster, reader, left_over)
    for entry in files:
        found.take(entry)
    chosen = set(files)
    for entry in entries:
        if entry not in chosen and not reader.is_own(entry.path):
            left_over.append(LeftOver(entry.path, _not_taken(entry.path)))
    if not found.grouped:
        why = f": {left_over[0].path}: {left_over[0].reason}" if left_over else ""
        raise UsageError(
            f"{hand.path} holds no submission{why}",
            "give the folder or zip with the students' .py and .ipynb files; --exercise NAME"
            " where their names do not say which exercise they are",
        )
    attempts = _numbered(found.grouped, keep, left_over)
    if course.late.penalty_per_day:
        left_over.extend(
            LeftOver(one.entry.path, "graded, but late by an unknown time: nothing is taken off")
            for one in attempts
            if one.late and (one.submitted is None or one.exercise.deadline is None)
        )
    return Plan(
        reader.layout,
        attempts,
        tuple(sorted(left_over, key=lambda one: (one.path, one.reason))),
        _missing(roster, attempts) if roster else (),
    )


def _not_taken(path: str) -> str:
    if _ONLINE.search(path):
        return "it was entered online; only .py and .ipynb files are graded"
    return "it is neither a .py nor an .ipynb file"


def names_exercise(course: Course, text: str) -> bool:
    """Whether a file's or folder's name names an exercise of the course."""
    return bool(exercises_named(course, text))


class _Finder:
    """Groups files by student and exercise."""

    def __init__(
        self,
        course: Course,
        exercise: str | None,
        roster: Roster | None,
        reader: Reader,
        left_over: list[LeftOver],
    ) -> None:
        self.course = course
        self.exercise = course.exercise(exercise) if exercise else None
        self.roster = roster
        self.reader = reader
        self.left_over = left_over
        self.grouped: _Grouped = defaultdict(list)

    def take(self, entry: Entry) -> None:
        """Find a file's place; where there is none, say so."""
        origins = self.reader.origins(entry.path)
        if not origins:
            self.left_over.append(
                LeftOver(entry.path, f"its name is not one of {self.reader.layout}'s")
            )
            return
        for origin in origins:
            exercise = self.exercise or self._exercise(entry.path, origin.name)
            if exercise is None:
                self.left_over.append(
                    LeftOver(entry.path, "its name does not say which exercise it is")
                )
                return
            self.grouped[self._student(origin, entry), exercise].append((origin, entry))

    def _exercise(self, path: str, name: str) -> Exercise | None:
        if len(self.course.exercises) == 1:
            return self.course.exercises[0]
        for part in (name, *reversed(PurePosixPath(path).parts)):
            fitting = exercises_named(self.course, part)
            if len(fitting) == 1:
                return fitting[0]
        return None

    def _student(self, origin: Origin, entry: Entry) -> Student:
        if self.roster is None:
            key = origin.student_id or origin.student_name
            return Student(key, origin.student_name or key)
        match = self.roster.match(origin)
        if match.problem:
            self.left_over.append(LeftOver(entry.path, f"graded, but {match.problem}"))
        return match.student


def _numbered(grouped: _Grouped, keep: Keep, left_over: list[LeftOver]) -> tuple[Attempt, ...]:
    """Return the attempts to grade, sorted by student, exercise and time."""
    attempts = []
    for (student, exercise), files in grouped.items():
        files.sort(key=_order)
        if len(files) > 1 and len({_order(file)[0] for file in files}) == 1:
            names = ", ".join(entry.path for _, entry in files)
            left_over.append(
                LeftOver(files[-1][1].path, f"taken as the latest by its name, of {names}")
            )
        for number, (origin, entry) in enumerate(files, start=1):
            if keep == "best" or number == len(files):
                attempts.append(
                    Attempt(
                        student,
                        exercise,
                        entry,
                        origin.name,
                        number,
                        len(files),
                        origin.submitted,
                        origin.late,
                    )
                )
    return tuple(sorted(attempts, key=sort_key))


def sort_key(attempt: Attempt) -> tuple[str, str, str, int]:
    """Return what the outputs are sorted by."""
    student = attempt.student
    return student.id, student.name, attempt.exercise.name, attempt.number


def _order(file: tuple[Origin, Entry]) -> tuple[float, list[tuple[int, str]]]:
    """Return what tells which of a student's files is the later one: its time, else its name."""
    origin, entry = file
    submitted = origin.submitted
    if submitted is not None and submitted.tzinfo is None:
        submitted = submitted.replace(tzinfo=UTC)
    # without the ending: `exercise3.py` comes before `exercise3-1.py`
    stem = PurePosixPath(entry.path).with_suffix("").as_posix()
    pieces = re.findall(r"(\d+)|(\D+)", stem.casefold())
    natural = [(int(digits[:18]), "") if digits else (-1, text) for digits, text in pieces]
    return (submitted or datetime.fromtimestamp(0, UTC)).timestamp(), natural


def _missing(roster: Roster, attempts: tuple[Attempt, ...]) -> tuple[tuple[Student, Exercise], ...]:
    """Return who in the roster has handed in nothing, for each exercise that others have."""
    exercises = {attempt.exercise.name: attempt.exercise for attempt in attempts}
    handed_in = {(attempt.student.id, attempt.exercise.name) for attempt in attempts}
    return tuple(
        (Student(person.id, person.name, "id"), exercises[name])
        for person in roster.people
        for name in sorted(exercises)
        if (person.id, name) not in handed_in
    )
