"""Finding the file that is to be graded among what a student has handed in."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grader.course import Course, Exercise
from grader.errors import SubmissionError, UsageError
from grader.grading.submission import exercise_of, is_notebook

_DEEPEST: Final = 8
_MOST_FILES: Final = 10_000
_NAMED: Final = 10
_LEFT_OUT: Final = ("__MACOSX", "__pycache__", "venv", "node_modules")


@dataclass(frozen=True, slots=True)
class Found:
    """The file, which exercise it is for, and what the student should know of the choice."""

    path: Path
    exercise: Exercise
    notes: tuple[str, ...] = ()


def find(place: Path, course: Course, name: str | None, title: str = "") -> Found:
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
        return Found(place, exercise or _told(course, place))
    files = sorted(_files(place), key=lambda path: (len(path.parts), path.parts))
    fitting = [(path, _named(course, path.name)) for path in files]
    wanted = [(path, found) for path, found in fitting if found and exercise in (None, found)]
    if not wanted and exercise is not None and len(files) == 1:
        note = f"{files[0].name} was graded as {exercise.name}, since no other file was handed in"
        return Found(files[0], exercise, (note,))
    if not wanted:
        raise _missing(place, exercise, files)
    exercises = {found.name: found for _, found in wanted}
    if len(exercises) > 1:
        raise SubmissionError(
            f"files of several exercises were handed in: {', '.join(sorted(exercises))}",
            "hand in the file of one exercise",
        )
    [chosen] = exercises.values()
    paths = [path for path, _ in wanted]
    path = next((each for each in paths if _plainly(each, chosen)), paths[0])
    others = [str(each.relative_to(place)) for each in paths if each != path]
    notes = (f"{path.name} was graded; not graded: {', '.join(others[:_NAMED])}",) if others else ()
    return Found(path, chosen, notes)


def _plainly(path: Path, exercise: Exercise) -> bool:
    return path.name.lower() in (f"{exercise.name}.py", f"{exercise.name}.ipynb")


def _told(course: Course, path: Path) -> Exercise:
    try:
        return exercise_of(course, path, None)
    except UsageError as error:
        raise SubmissionError(error.message, "name the file as the exercise is named") from None


def _named(course: Course, text: str) -> Exercise | None:
    if not text:
        return None
    try:
        return exercise_of(course, Path(text), None)
    except UsageError:
        return None


def _missing(place: Path, exercise: Exercise | None, files: list[Path]) -> SubmissionError:
    what = f"{exercise.name}.py or {exercise.name}.ipynb" if exercise else "a file of an exercise"
    if _kind(place) != "folder" or not any(place.iterdir()):
        return SubmissionError("nothing was handed in", f"hand in {what}")
    names = [str(path.relative_to(place)) for path in files[:_NAMED]]
    there = f"only {', '.join(names)}" if names else "no .py or .ipynb file at all"
    return SubmissionError(f"there is no {what} in what was handed in, {there}", f"hand in {what}")


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
        entries = sorted(folder.iterdir())[:_MOST_FILES]
    except OSError:
        return
    for path in entries:
        if path.name.startswith(".") or path.name in _LEFT_OUT:
            continue
        kind = _kind(path)
        if kind == "folder":
            yield from _files(path, depth + 1)
        elif kind == "file" and (path.suffix.lower() == ".py" or is_notebook(path.name)):
            yield path
