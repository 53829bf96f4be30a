"""From what was handed in to a plan: whose each file is, for which exercise, which attempt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Final, Literal

from grader.batch.archive import Hand
from grader.batch.file_table import read_file_table
from grader.batch.guesses import guessed
from grader.batch.imported import beside, owner
from grader.batch.layouts import reader_for
from grader.batch.placing import PlacedFiles, Placing
from grader.batch.records import BatchAttempt, Entry, LeftOver, Origin, Plan, Student
from grader.batch.roster import Roster
from grader.course import Course, Exercise
from grader.errors import UsageError
from grader.grading.choice import CandidateFile, FileChoice, choose
from grader.grading.submission import is_submission
from grader.language import enumerated, sentences
from grader.language import gettext_lazy as _

_ONLINE: Final = re.compile(r"(^|_)(text|link|onlinetext)\.html$")
_UNKNOWN_LATENESS: Final = _("graded without a late penalty: it is not known how late it is")
Keep = Literal["latest", "best"]


def make_plan(
    hand: Hand,
    course: Course,
    exercise: str | None,
    roster: Roster | None,
    keep: Keep,
    table: Path | None = None,
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
    table : Path or None
        The instructor's table of files, which says whose some are.

    Raises
    ------
    UsageError
        There is nothing to grade, or the table is not right.
    """
    entries, left_over = hand.entries()
    files = [entry for entry in entries if is_submission(entry.path)]
    reader = reader_for(hand, entries, course, roster.knows if roster else lambda _: False)
    paths = [entry.path for entry in entries]
    assigned = read_file_table(table, paths, course, roster) if table else {}
    found = Placing(
        course, course.exercise(exercise) if exercise else None, roster, reader, assigned
    )
    found.place(files)
    left_over += found.left_over
    chosen = set(files)
    for entry in entries:
        if entry not in chosen and not reader.is_own(entry.path):
            nobodys = (one.said for one in assigned.get(entry.path, ()) if not one.students)
            said = next(nobodys, "")
            left_over.append(LeftOver(entry.path, _not_taken(entry.path), student=said))
    if not found.handed_in:
        raise UsageError(
            _(
                "{path} contains no submissions: {file}: {reason}",
                path=hand.path,
                file=left_over[0].path,
                reason=left_over[0].reason,
            )
            if left_over
            else _("{path} contains no submissions", path=hand.path),
            _(
                "give the folder or zip with the students' .py and .ipynb files; --exercise NAME"
                " where their names do not say which exercise they are"
            ),
        )
    attempts = _numbered(found, hand, course, keep, left_over)
    if course.late.penalty_per_day:
        left_over.extend(
            LeftOver(one.entry.path, _UNKNOWN_LATENESS)
            for one in attempts
            if one.late and (one.submitted is None or one.exercise.deadline is None)
        )
    missing = _missing(roster, attempts) if roster else ()
    left_over = guessed(left_over, missing, roster.people if roster else ())
    ordered = sorted(left_over, key=lambda one: (one.path, one.reason))
    return Plan(reader.layout, attempts, tuple(ordered), missing)


def _not_taken(path: str) -> str:
    if path.lower().endswith(".zip"):
        return _("a zip inside a zip is not opened: unpack it first")
    if _ONLINE.search(path):
        return _("it was typed into the platform; only .py and .ipynb files are graded")
    return _("not a .py or .ipynb file")


def _numbered(
    found: Placing, hand: Hand, course: Course, keep: Keep, left_over: list[LeftOver]
) -> tuple[BatchAttempt, ...]:
    """Return the attempts to grade, sorted by student, exercise and time."""
    attempts = []
    told: list[LeftOver] = []
    for (student, exercise), handed_in in found.handed_in.items():
        files = sorted(
            ((origin, entry) for entry, (origin, _) in handed_in.files.items()), key=_order
        )
        own = {text for one in handed_in.people for text in (one.id, one.name)}
        own |= {origin.student_name for origin, _ in files}
        handed: list[tuple[Origin, Entry, str]] = []
        for _time, together in groupby(files, key=lambda file: _moment(file[0])):
            handed += _chosen(list(together), hand, course, exercise, own, keep, told)
        for number, (origin, entry, note) in enumerate(handed, start=1):
            if keep == "best" or number == len(handed):
                attempts.append(
                    BatchAttempt(
                        replace(student, matched=handed_in.files[entry][1].matched),
                        exercise,
                        entry,
                        origin.name,
                        number,
                        len(handed),
                        origin.submitted,
                        origin.late,
                        sentences((_group_note(handed_in), note)),
                        beside(course, entry, found.by_owner[owner(origin)]),
                    )
                )
    left_over += dict.fromkeys(told)  # what a group has handed in is told once
    return tuple(sorted(attempts, key=sort_key))


def _group_note(handed_in: PlacedFiles) -> str:
    """Return who has handed in together; nothing for one alone."""
    names = sorted(one.name for one in handed_in.people)
    return _("One submission of {names}.", names=enumerated(names)) if len(names) > 1 else ""


def _chosen(
    files: Sequence[tuple[Origin, Entry]],
    hand: Hand,
    course: Course,
    exercise: Exercise,
    own: set[str],
    keep: Keep,
    left_over: list[LeftOver],
) -> list[tuple[Origin, Entry, str]]:
    """Return the attempts among files of one time, each with its note; tell of the others."""
    by_candidate = {
        CandidateFile(entry.path, origin.name, partial(hand.read, entry)): (origin, entry)
        for origin, entry in files
    }
    choice = choose(list(by_candidate), course, exercise, own)
    left_over += _told(choice)
    note = choice.told(every_attempt=keep == "best")
    return [(*by_candidate[one], note) for one in choice.attempts]


def _told(choice: FileChoice) -> list[LeftOver]:
    """Return what the instructor should know of a choice."""
    path = choice.chosen.path
    found = [
        LeftOver(one.path, _("not graded, {reason}: {path} was taken", reason=why, path=path))
        for one, why in choice.passed_over
    ]
    if len(choice.attempts) > 1:
        names = enumerated([one.path for one in choice.attempts])
        reason = _("taken as the latest by its name, of {names}", names=names)
        found.append(LeftOver(path, reason))
    if choice.unclear:
        names = enumerated([one.path for one in choice.unclear])
        reason = _("taken, but {names} could have been meant as well", names=names)
        found.append(LeftOver(path, reason))
    return found


def sort_key(attempt: BatchAttempt) -> tuple[str, str, str, int]:
    """Return what the outputs are sorted by."""
    student = attempt.student
    return student.id, student.name, attempt.exercise.name, attempt.number


def _moment(origin: Origin) -> float:
    submitted = origin.submitted
    if submitted is not None and submitted.tzinfo is None:
        submitted = submitted.replace(tzinfo=UTC)
    return (submitted or datetime.fromtimestamp(0, UTC)).timestamp()


def _order(file: tuple[Origin, Entry]) -> tuple[float, list[tuple[int, str]]]:
    """Return what tells which of a student's files is the later one: its time, else its name."""
    origin, entry = file
    # without the ending: `exercise3.py` comes before `exercise3-1.py`
    stem = PurePosixPath(entry.path).with_suffix("").as_posix()
    pieces = re.findall(r"(\d+)|(\D+)", stem.casefold())
    natural = [(int(digits[:18]), "") if digits else (-1, text) for digits, text in pieces]
    return _moment(origin), natural


def _missing(
    roster: Roster, attempts: tuple[BatchAttempt, ...]
) -> tuple[tuple[Student, Exercise], ...]:
    """Return who in the roster has handed in nothing, for each exercise that others have."""
    exercises = {attempt.exercise.name: attempt.exercise for attempt in attempts}
    handed_in = {(attempt.student.id, attempt.exercise.name) for attempt in attempts}
    return tuple(
        (Student(person.id, person.name, "id"), exercises[name])
        for person in roster.people
        for name in sorted(exercises)
        if (person.id, name) not in handed_in
    )
