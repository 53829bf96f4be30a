"""What a submission imports of the same student's other files."""

from __future__ import annotations

from collections.abc import Sequence

from grader.batch.archive import Hand
from grader.batch.records import BatchAttempt, Entry, Origin
from grader.course import Course
from grader.grading.files_beside import import_paths, imported_by, mentions
from grader.grading.imported_files import most_of


def owner(origin: Origin) -> str:
    """Return whose a file is, as its platform says."""
    return origin.student_id or origin.student_name


def beside(
    course: Course, entry: Entry, files: Sequence[tuple[Origin, Entry]]
) -> tuple[tuple[str, Entry], ...]:
    """Return a student's other files, by the paths that a submission would import them by."""
    if len(files) == 1:
        return ()
    others = [(other.path, own.name, other) for own, other in files if other != entry]
    return import_paths(course, entry.path.rpartition("/")[0], others)


def imported(attempt: BatchAttempt, data: bytes, hand: Hand) -> tuple[tuple[str, bytes], ...]:
    """Return the files that a submission imports, with what they import."""
    files = dict(attempt.beside)
    if not mentions(data, files):  # as for nearly all
        return ()

    def read(path: str) -> bytes | None:
        if path not in files:
            return None
        try:
            return hand.read(files[path], most_of(path) + 1)
        except OSError:  # it cannot be imported then, which the submission's report says
            return None

    return imported_by(attempt.name, data, read)
