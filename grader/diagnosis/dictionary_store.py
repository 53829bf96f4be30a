"""A course's tables: in memory, else those that ship, else from the cache, else built."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from grader.course import Course, Exercise
from grader.diagnosis.cache import cache_key, keep_table, load_table, source_key
from grader.diagnosis.fault_dictionary import FaultDictionary
from grader.diagnosis.observation import Inputs
from grader.diagnosis.table_files import cache_file, shipped_file
from grader.errors import CourseError

if TYPE_CHECKING:
    from grader.diagnosis.program_factory import Workshop

Stored = tuple[FaultDictionary, dict[str, str]]


class Shelf:
    """Gives the table of a function of an exercise.

    Attributes
    ----------
    told : str
        Where the last table came from.
    """

    def __init__(self, course: Course, reference: Callable[[Exercise], ModuleType | None]) -> None:
        self.told = ""
        self._course = course
        self._reference = reference
        self._tables: dict[tuple[str, str], Stored | None] = {}
        self._keys: dict[tuple[str, str], str] = {}
        self._workshops: dict[str, Workshop | None] = {}

    def table(self, exercise: Exercise, function: str) -> Stored | None:
        """Return a function's table and the meanings of names; None where it has none."""
        place = (exercise.name, function)
        if place in self._tables:
            self.told = "table in memory"
            return self._tables[place]
        found = None
        self.told = "the author wrote no misconceptions file"
        if self._course.misconceptions(exercise).is_file():
            try:
                found = self._from_disk(exercise, function)
            except CourseError as error:  # `author verify` reports it; a student is graded anyway
                self.told = error.message
        self._tables[place] = found
        return found

    def workshop(self, exercise: Exercise) -> Workshop | None:
        """Return the makings of an exercise's programs; None in a course without solutions."""
        from grader.diagnosis.bug_library import read_book
        from grader.diagnosis.program_factory import Workshop

        if exercise.name not in self._workshops:
            reference = self._reference(exercise)
            self._workshops[exercise.name] = (
                Workshop(reference, read_book(self._course, exercise))
                if reference is not None
                else None
            )
        return self._workshops[exercise.name]

    def _from_disk(self, exercise: Exercise, function: str) -> Stored | None:
        source = self._key(source_key, exercise)
        stored = self._read(exercise, function, shipped_file(source, function))
        if stored is not None:
            self.told = "table that ships"
            return stored
        path = cache_file(self._key(cache_key, exercise), function)
        stored = self._read(exercise, function, path)
        self.told = "table from the cache"
        return stored or self._build(exercise, function, path)

    def _key(self, make: Callable[[Course, Exercise], str], exercise: Exercise) -> str:
        place = (make.__name__, exercise.name)
        if place not in self._keys:
            self._keys[place] = make(self._course, exercise)
        return self._keys[place]

    def _read(self, exercise: Exercise, function: str, path: Path | None) -> Stored | None:
        if path is None:
            return None
        return load_table(path, lambda count: self._drawn(exercise, function, count))

    def _drawn(self, exercise: Exercise, function: str, count: int) -> tuple[Inputs, ...]:
        from grader.diagnosis.dictionary_builder import draw_inputs

        workshop = self.workshop(exercise)
        return draw_inputs(workshop.book.probes[function], count) if workshop is not None else ()

    def _build(self, exercise: Exercise, function: str, path: Path | None) -> Stored | None:
        from grader.diagnosis.dictionary_builder import build_table

        start = time.perf_counter()
        workshop = self.workshop(exercise)
        if workshop is None:
            self.told = "no reference, no table"
            return None
        table = build_table(workshop, function)
        self.told = f"table built in {time.perf_counter() - start:.2f} s"
        if table is None:
            self.told = "the author wrote no probe for it"
            return None
        if path is not None:
            keep_table(path, table, workshop.book.meanings)
        return table, workshop.book.meanings
