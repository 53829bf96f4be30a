"""What a submission imports of the same student's other files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.batch.archive import Hand
from grader.batch.records import Attempt, Entry, Origin
from grader.course import Course
from grader.grading.file_names import exercises_named
from grader.grading.imported_files import most_of
from grader.grading.submission import modules_of, submission_from_bytes


def owner(origin: Origin) -> str:
    """Return whose a file is, as its platform says."""
    return origin.student_id or origin.student_name


def beside(
    course: Course, entry: Entry, files: Sequence[tuple[Origin, Entry]]
) -> tuple[tuple[str, Entry], ...]:
    """Return a student's other files, by the paths that a submission would import them by.

    That is as seen from its own folder, by the student's own names for them; else by that name
    alone, or by the exercise's.
    """
    if len(files) == 1:
        return ()
    found: dict[str, Entry] = {}
    folder = entry.path.rpartition("/")[0]
    others = [(own, other) for own, other in files if other != entry]
    for own, other in others:
        if not folder or other.path.startswith(f"{folder}/"):
            inside = other.path.removeprefix(f"{folder}/" if folder else "")
            found.setdefault(str(PurePosixPath(inside).with_name(own.name)), other)
    for own, other in others:
        found.setdefault(own.name, other)
    for own, other in others:
        fitting = exercises_named(course, own.name)
        if len(fitting) == 1:
            ending = PurePosixPath(own.name).suffix.lower()
            found.setdefault(f"{fitting[0].name}{ending}", other)
    return tuple(found.items())


def imported(attempt: Attempt, data: bytes, hand: Hand) -> tuple[tuple[str, bytes], ...]:
    """Return the files that a submission imports, with what they import."""
    files = dict(attempt.beside)
    names = {path.partition("/")[0].partition(".")[0].encode() for path in files}
    if not any(name in data for name in names):  # as for nearly all
        return ()
    taken: dict[str, bytes] = {}

    def read(path: str) -> bytes | None:
        if path not in files:
            return None
        try:
            content = hand.read(files[path], most_of(path) + 1)
        except OSError:  # it cannot be imported then, which the submission's report says
            return None
        if len(content) > most_of(path):
            return None
        taken[path] = content
        return content

    submission = submission_from_bytes(attempt.name, data)
    if not submission.problem:
        modules_of(submission, read)
    return tuple(taken.items())
