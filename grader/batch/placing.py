"""Giving each file its place: whose it is, and for which exercise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from pathlib import PurePosixPath
from typing import Final

from grader.batch.file_table import Assigned
from grader.batch.imported import owner
from grader.batch.layouts import LayoutReader
from grader.batch.records import Entry, LeftOver, Origin, Student
from grader.batch.roster import Roster
from grader.course import Course, Exercise
from grader.grading.file_names import exercises_named, folded
from grader.grading.ignored import is_ignored_name
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_NO_EXERCISE: Final = _("its file name does not say which exercise it is for")


@dataclass(slots=True)
class PlacedFiles:
    """What one student has handed in for one exercise.

    Attributes
    ----------
    files : dict
        By entry, what is known of it and how it is known whose it is.
    people : dict of Student
        The student and those who hand in together with them.
    is_assigned : bool
        Whether the table of files says that these are the files.
    """

    files: dict[Entry, tuple[Origin, Student]] = field(default_factory=dict)
    people: dict[Student, None] = field(default_factory=dict)
    is_assigned: bool = False


class Placing:
    """Files by student and exercise; what has no place is told in `left_over`."""

    def __init__(
        self,
        course: Course,
        exercise: Exercise | None,
        roster: Roster | None,
        reader: LayoutReader,
        assigned: Mapping[str, tuple[Assigned, ...]],
    ) -> None:
        self.left_over: list[LeftOver] = []
        self.by_owner: dict[str, list[tuple[Origin, Entry]]] = defaultdict(list)
        self.handed_in: dict[tuple[Student, Exercise], PlacedFiles] = {}
        self._without_exercise: list[tuple[Entry, str]] = []
        self._course = course
        self._for = exercise
        self._roster = roster
        self._reader = reader
        self._assigned = assigned

    def place(self, entries: Iterable[Entry]) -> None:
        """Place all files; those that the instructor has placed go last, and before all others."""
        later = []
        for entry in entries:
            origins = self._reader.origins(entry.path)
            if any(is_ignored_name(origin.name) for origin in origins):
                continue  # behind the prefix that the platform puts before it
            if entry.path in self._assigned:
                later.append((entry, origins or (Origin(PurePosixPath(entry.path).name),)))
            elif not origins:
                layout = self._reader.layout
                self._tell(entry, _("its name is not one of {layout}'s", layout=layout))
            else:
                self._place(entry, origins)
        for entry, origins in later:
            self._place_assigned(entry, origins[0])
        placed = {
            owner(origin) for one in self.handed_in.values() for origin, _ in one.files.values()
        }
        for entry, whose in self._without_exercise:
            # beside a submission it may be something that is imported
            self._note(entry, _NO_EXERCISE, "", "", is_nobodys=whose not in placed)

    def _place(self, entry: Entry, origins: tuple[Origin, ...]) -> None:
        for origin in origins:
            self.by_owner[owner(origin)].append((origin, entry))
            exercise = self._for or self._exercise(entry.path, origin.name)
            if exercise is None:
                self._without_exercise.append((entry, owner(origin)))
                return
            self._add(entry, origin, exercise, self._students(origin, entry, exercise))

    def _place_assigned(self, entry: Entry, origin: Origin) -> None:
        self.by_owner[owner(origin)].append((origin, entry))
        for one in self._assigned[entry.path]:
            exercise = one.exercise or self._for or self._exercise(entry.path, origin.name)
            name = exercise.name if exercise else ""
            if not one.students:
                reason = _("not graded: given to {student} by the table of files", student=one.said)
                self._note(entry, reason, name, one.said)
            elif exercise is None:
                reason = _("not graded: {reason}", reason=_NO_EXERCISE)
                self._note(entry, reason, "", one.said, is_nobodys=True)
            else:
                students = tuple(map(self._known, one.students))
                reason = _("graded: given to {student} by the table of files", student=one.said)
                self._note(entry, reason, name, one.said)
                self._add(entry, origin, exercise, students, is_assigned=True)

    def _note(
        self, entry: Entry, reason: str, exercise: str, student: str, *, is_nobodys: bool = False
    ) -> None:
        self.left_over.append(LeftOver(entry.path, reason, exercise, student, is_nobodys))

    def _tell(self, entry: Entry, reason: str, exercise: str = "") -> None:
        self._note(entry, reason, exercise, "", is_nobodys=True)

    def _add(
        self,
        entry: Entry,
        origin: Origin,
        exercise: Exercise,
        students: tuple[Student, ...],
        *,
        is_assigned: bool = False,
    ) -> None:
        people = dict.fromkeys(students)
        if self._roster is not None:
            for student in students:
                people |= dict.fromkeys(self._roster.together(student, exercise.name))
        for student in people:
            own = self.handed_in.setdefault((student, exercise), PlacedFiles())
            if is_assigned and not own.is_assigned:
                reason = _("not graded: the table of files names {path}", path=entry.path)
                for other in own.files:
                    self.left_over.append(LeftOver(other.path, reason, exercise.name))
                own.files.clear()
                own.is_assigned = True
            own.people |= people
            if entry not in own.files or own.files[entry][1].matched == "group":
                own.files[entry] = (origin, student)

    def _exercise(self, path: str, name: str) -> Exercise | None:
        if len(self._course.exercises) == 1:
            return self._course.exercises[0]
        for part in (name, *reversed(PurePosixPath(path).parts)):
            fitting = exercises_named(self._course, part)
            if len(fitting) == 1:
                return fitting[0]
        return None

    def _students(self, origin: Origin, entry: Entry, exercise: Exercise) -> tuple[Student, ...]:
        if self._roster is None:
            key = origin.student_id or origin.student_name
            return (Student(key, origin.student_name or key),)
        match = self._roster.match(origin, exercise.name)
        if match.problem:
            problem = _("graded, but {problem}", problem=match.problem)
            self._tell(entry, problem, exercise.name)
        return match.students

    def _known(self, student: Student) -> Student:
        """Return the student whom the other files name so, where no roster says who there is."""
        if self._roster is not None:
            return student
        wanted = folded(student.id)
        found = {one for one, _ in self.handed_in if wanted in (folded(one.id), folded(one.name))}
        return replace(found.pop(), matched="file") if len(found) == 1 else student
