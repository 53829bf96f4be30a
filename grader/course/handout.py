"""What a student gets of a course: a stub and a task text for every exercise, and the data."""

from __future__ import annotations

import errno
from pathlib import Path

from grader.course.data_files import data_files
from grader.course.files import read_text, write_texts
from grader.course.model import Course
from grader.course.notebook import make_notebook
from grader.course.translations import in_language, stub_in
from grader.errors import CourseError, UsageError, reason_of
from grader.language import current_language, enumerated, languages_of
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Handout:
    """The files of a handout: those written now, and those kept as they were."""

    written: tuple[Path, ...]
    kept: tuple[Path, ...]


def hand_out(course: Course, folder: Path, *, notebooks: bool = False) -> Handout:
    """Copy the stubs, task texts and data of a course into a folder, which is made if need be.

    Texts are in the reader's language where the course has it. A file that is there already is
    kept, whatever it holds. With `notebooks`, the stubs are notebooks instead of .py files.

    Raises
    ------
    UsageError
        The folder cannot be made or written to. No half-written file is left in it.
    CourseError
        The course lacks a stub or a task text, or it cannot be read.
    """
    texts = _public_texts(course, notebooks, current_language())
    data = {name: path.read_bytes() for name, path in data_files(course).items()}
    files: dict[Path, str | bytes] = {folder / path.name: text for path, text in texts.items()}
    files |= {folder / name: content for name, content in data.items()}
    try:
        kept = tuple(path for path in files if path.is_symlink() or path.exists())
        new = {path: content for path, content in files.items() if path not in kept}
        for parent in {folder, *(path.parent for path in new)}:
            parent.mkdir(parents=True, exist_ok=True)
        write_texts(new)
    except (OSError, ValueError) as error:
        raise _not_written(folder, error) from error
    return Handout(tuple(new), kept)


def _public_texts(course: Course, notebooks: bool, language: str) -> dict[Path, str]:
    stub = course.notebook if notebooks else course.stub
    paths = [
        path for exercise in course.exercises for path in (stub(exercise), course.task(exercise))
    ]
    missing = [path.name for path in paths if not path.is_file()]
    if missing:
        raise CourseError(
            _(
                "The course in {folder} lacks in exercises/: {files}.",
                folder=course.folder,
                files=enumerated(missing),
            ),
            _("Write the task texts, and make the stubs with bpgrade author stubs."),
        )
    texts = {}
    for exercise in course.exercises:
        task = texts[course.task(exercise)] = read_text(
            in_language(course.task(exercise), language), ""
        )
        path = stub(exercise)
        texts[path] = read_text(path, "")
        if path.suffix == ".py":
            texts[path] = stub_in(course, texts[path], language)
        elif language != course.language and language in languages_of(course.folder):
            own = stub_in(course, read_text(course.stub(exercise), ""), language)
            texts[path] = make_notebook(own, exercise, task)
    return {path: texts[path] for path in paths}


def _not_written(folder: Path, error: Exception) -> UsageError:
    reason = reason_of(error)
    remedy = _("Choose a folder you can write to.")
    match getattr(error, "errno", None):
        case errno.EEXIST | errno.ENOTDIR:
            reason = _("a file of that name is in the way")
            remedy = _("Name another folder, or rename that file.")
        case errno.ENOSPC | errno.EDQUOT:
            remedy = _("Free some space there, or name a folder on another disk.")
    text = _("Cannot write the exercises to {folder}: {reason}.", folder=folder, reason=reason)
    return UsageError(text, remedy)
