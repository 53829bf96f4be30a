"""What students were given of an exercise: the stub and the notebook, in every language."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from grader.course import Course, Exercise
from grader.course.translations import stub_in
from grader.grading.submission import Submission, read_submission, submission_from_bytes
from grader.language import languages_of


def given_submissions(course: Course, exercise: Exercise) -> tuple[Submission, ...]:
    """Return an exercise's stubs as submissions; a handout may have only one of them, or none."""
    return _given(course.stub(exercise), course.notebook(exercise), _Key(course))


class _Key:
    """A course as it was read: another reading of the same folder may have found other files."""

    def __init__(self, course: Course) -> None:
        self.course = course

    def __hash__(self) -> int:
        return id(self.course)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.course is self.course


@lru_cache(maxsize=64)
def _given(stub: Path, notebook: Path, key: _Key) -> tuple[Submission, ...]:
    found = [read_submission(path) for path in (stub, notebook) if path.is_file()]
    if stub.is_file() and not found[0].problem:
        for language in languages_of(key.course.folder):
            text = stub_in(key.course, found[0].source, language)
            found.append(submission_from_bytes(stub.name, text.encode()))
    return tuple(found)
