"""Making all tables of a course before anybody needs them."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

from grader.checking.reference import load_reference
from grader.course import Course
from grader.course.data_files import working_folder, working_in
from grader.diagnosis.bug_library import read_book
from grader.diagnosis.cache import source_key, table_file, write_table
from grader.diagnosis.dictionary_builder import build_table
from grader.diagnosis.program_factory import Workshop
from grader.sandbox.child.console import answering


def make_tables(course: Course, folder: Path) -> int:
    """Make all tables of a course, write them into a folder, and return how many there are.

    Raises
    ------
    CourseError
        A file of the course cannot be run, or a probe raises.
    OSError
        A table cannot be written.
    """
    made = 0
    with contextlib.ExitStack() as stack:
        stack.enter_context(working_in(stack.enter_context(working_folder(course))))
        stack.enter_context(answering(()))
        stack.enter_context(contextlib.redirect_stdout(io.StringIO()))  # wrong programs may print
        for exercise in course.exercises:
            reference = load_reference(course, exercise)
            if reference is None or not course.misconceptions(exercise).is_file():
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
