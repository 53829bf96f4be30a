"""Making all tables of a course before anybody needs them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.checking.reference import load_reference
from grader.course import Course, Exercise
from grader.course.data_files import working_folder, working_in
from grader.course.shared import importing_shared
from grader.diagnosis.bug_library import read_book
from grader.diagnosis.cache import source_key, write_table
from grader.diagnosis.dictionary_builder import build_table
from grader.diagnosis.dictionary_store import Shelf
from grader.diagnosis.program_factory import Workshop
from grader.diagnosis.table_files import table_file
from grader.sandbox.child.console import answering


def make_tables(course: Course, exercises: Iterable[Exercise], folder: Path) -> int:
    """Make all tables of some exercises, write them into a folder, and return how many there are.

    Raises
    ------
    CourseError
        A file of the course cannot be run, or a probe raises.
    OSError
        A table cannot be written.
    """
    made = 0
    with _working(course):
        for exercise in _with_misconceptions(course, exercises):
            reference = load_reference(course, exercise)
            if reference is None:
                continue
            key = source_key(course, exercise)
            workshop = Workshop(reference, read_book(course, exercise))
            for function in exercise.functions:
                table = build_table(workshop, function)
                if table is not None:
                    place = table_file(folder, key, function)
                    write_table(place, table, workshop.book.meanings)
                    made += 1
    return made


def make_lacking(course: Course) -> None:
    """Make those tables of a course that neither ship nor are in the cache, and keep them there.

    Raises
    ------
    CourseError
        A file of the course cannot be run.
    """
    with _working(course):
        shelf = Shelf(course, lambda exercise: load_reference(course, exercise))
        for exercise in _with_misconceptions(course, course.exercises):
            for function in exercise.functions:
                shelf.table(exercise, function)


def _with_misconceptions(course: Course, exercises: Iterable[Exercise]) -> Iterator[Exercise]:
    return (each for each in exercises if course.misconceptions(each).is_file())


@contextlib.contextmanager
def _working(course: Course) -> Iterator[None]:
    """Run the course's own code, and wrong programs: they find its data, and may print."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(working_in(stack.enter_context(working_folder(course))))
        stack.enter_context(importing_shared(course.folder / "solutions"))
        stack.enter_context(answering(()))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
        yield
