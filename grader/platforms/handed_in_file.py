"""Finding the file that is to be graded among what a student has handed in."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from grader.course import Course, Exercise
from grader.errors import SubmissionError, UsageError
from grader.grading.choice import CandidateFile, choose
from grader.grading.ignored import is_ignored_folder, is_ignored_name
from grader.grading.submission import exercise_of, is_submission, most_bytes
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_DEEPEST: Final = 8
_MAX_FILES: Final = 10_000
_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class FoundFile:
    """The file, which exercise it is for, and what the student should know of the choice."""

    path: Path
    exercise: Exercise
    notes: tuple[str, ...] = ()


def find(place: Path, course: Course, name: str | None, title: str = "") -> FoundFile:
    """Return what is to be graded.

    Parameters
    ----------
    place : Path
        The file that was handed in, or the folder with what was. Links are not followed: a
        student may have made them, and they may lead to the solutions.
    course : Course
    name : str, optional
        Which exercise it is; else the assignment's title says so, else the file's name.
    title : str
        The assignment's title.

    Raises
    ------
    SubmissionError
        There is no such file, or it does not say which exercise it is.
    UsageError
        The course has no exercise of that name.
    """
    exercise = course.exercise(name) if name else _named(course, title.replace("/", " "))
    if _kind(place) == "file":
        return FoundFile(place, exercise or _told(course, place))
    files = sorted(_files(place), key=lambda path: (len(path.parts), path.parts))
    fitting = [(path, _named(course, path.name)) for path in files]
    wanted = [(path, found) for path, found in fitting if found and exercise in (None, found)]
    if not wanted and exercise is not None and len(files) == 1:
        note = _(
            "{file} was graded as {exercise}, since no other file was submitted",
            file=files[0].name,
            exercise=exercise.name,
        )
        return FoundFile(files[0], exercise, (note,))
    if not wanted:
        raise _missing(place, exercise, files)
    exercises = {found.name: found for _path, found in wanted}
    if len(exercises) > 1:
        raise SubmissionError(
            _(
                "the submission has files for several exercises: {exercises}",
                exercises=enumerated(sorted(exercises)),
            ),
            _("hand in the file of one exercise"),
        )
    [chosen] = exercises.values()
    candidates = {_candidate(path, place): path for path, _found in wanted}
    choice = choose(list(candidates), course, chosen)
    told = choice.told()
    return FoundFile(candidates[choice.chosen], chosen, (told,) if told else ())


def _candidate(path: Path, place: Path) -> CandidateFile:
    return CandidateFile(path.relative_to(place).as_posix(), path.name, partial(_bytes, path))


def _bytes(path: Path) -> bytes:
    # what was listed as a file may have become a link since
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(most_bytes(path.name))


def _told(course: Course, path: Path) -> Exercise:
    try:
        return exercise_of(course, path, None)
    except UsageError as error:
        raise SubmissionError(error.message, _("give the file the name of the exercise")) from None


def _named(course: Course, text: str) -> Exercise | None:
    if not text:
        return None
    try:
        return exercise_of(course, Path(text), None)
    except UsageError:
        return None


def _missing(place: Path, exercise: Exercise | None, files: list[Path]) -> SubmissionError:
    name = exercise.name if exercise else ""
    remedy = (
        _("hand in {name}.py or {name}.ipynb", name=name)
        if exercise
        else _("hand in a file of an exercise")
    )
    if _kind(place) != "folder" or not any(place.iterdir()):
        return SubmissionError(_("nothing was submitted"), remedy)
    names = enumerated([str(path.relative_to(place)) for path in files[:_NAMED]])
    if exercise and files:
        message = _(
            "the submission has no {name}.py or {name}.ipynb, only {files}", name=name, files=names
        )
    elif exercise:
        message = _(
            "the submission has no {name}.py or {name}.ipynb, no .py or .ipynb file", name=name
        )
    elif files:
        message = _("the submission has no file of an exercise, only {files}", files=names)
    else:
        message = _("the submission has no file of an exercise, no .py or .ipynb file")
    return SubmissionError(message, remedy)


def _kind(path: Path) -> str:
    try:
        mode = path.lstat().st_mode
    except (OSError, ValueError):
        return ""
    return "file" if stat.S_ISREG(mode) else "folder" if stat.S_ISDIR(mode) else ""


def _files(folder: Path, depth: int = 0) -> Iterator[Path]:
    if depth > _DEEPEST or _kind(folder) != "folder":
        return
    try:
        entries = sorted(folder.iterdir())[:_MAX_FILES]
    except OSError:
        return
    for path in entries:
        kind = _kind(path)
        if kind == "folder" and not is_ignored_folder(path.name):
            yield from _files(path, depth + 1)
        elif kind == "file" and not is_ignored_name(path.name) and is_submission(path.name):
            yield path
