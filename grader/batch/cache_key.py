"""What makes two gradings the same: submission, course, grader, seed, isolation, languages."""

from __future__ import annotations

import hashlib
import importlib.metadata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import grader
from grader.course import Course, Exercise
from grader.course.data_files import data_files
from grader.course.files import read_bytes
from grader.language import told_in
from grader.sandbox.packages import versions

_LIBRARIES: Final = ("numpy", "pytest", "msgpack")


class Identity:
    """Keys of submissions for one course, seed and isolation."""

    def __init__(self, course: Course, seed: int, isolation: str) -> None:
        self._settings = hashlib.sha256()
        for part in (
            grader.__version__,
            engine(),
            *(f"{name} {version}" for name, version in libraries().items()),
            course.name,
            repr(course.packages),
            *(f"{name} {version}" for name, version in versions(course.packages).items()),
            content_of(course),
            str(seed),
            isolation,
            *told_in(course.folder, course.language),
        ):
            _add(self._settings, part.encode())

    def version(self, exercise: Exercise) -> str:
        """Return what tells one version of an exercise, as it is graded, from another."""
        return self._of(exercise).hexdigest()

    def key(
        self, exercise: Exercise, name: str, data: bytes, files: Sequence[tuple[str, bytes]] = ()
    ) -> str:
        """Return the key of a submission's result; `files` are those that it imports."""
        digest = self._of(exercise)
        for part in (name.encode("utf-8", "surrogateescape"), data):
            _add(digest, part)
        for path, content in files:
            _add(digest, path.encode("utf-8", "surrogateescape"))
            _add(digest, content)
        return digest.hexdigest()

    def _of(self, exercise: Exercise) -> hashlib._Hash:
        digest = self._settings.copy()
        points = dict(exercise.points)
        limits, diagnoses = exercise.limits, exercise.diagnoses
        settings = (exercise.name, exercise.title, points, limits, diagnoses, exercise.by_hand)
        _add(digest, repr(settings).encode())
        return digest


def _add(digest: hashlib._Hash, part: bytes) -> None:
    digest.update(len(part).to_bytes(8, "little"))
    digest.update(part)


def content_of(course: Course) -> str:
    """Return a digest of all that the checks are made of, and of the data.

    Raises
    ------
    CourseError
        One of these files cannot be read.
    """
    solutions = course.folder / "solutions"
    files = [path for path in solutions.rglob("*") if "__pycache__" not in path.parts]
    handed_out = course.folder / "exercises"
    files += [*handed_out.glob("*.py"), *handed_out.glob("*.ipynb")]
    return _digest(course.folder, [*files, *data_files(course).values()])


def libraries() -> dict[str, str]:
    """Return the versions of the libraries that a result depends on."""
    return {name: importlib.metadata.version(name) for name in _LIBRARIES}


def engine() -> str:
    """Return a digest of the grader's own sources, which change between versions too.

    All of them count but the course that ships: what a result depends on cannot be told by folder.
    """
    package = Path(grader.__file__).parent
    sources = [*package.rglob("*.py"), *(package / "locale").rglob("*.mo")]
    shipped = package / "backpropagation"
    return _digest(package, [path for path in sources if shipped not in path.parents])


def _digest(root: Path, files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in files if path.is_file()):
        _add(digest, path.relative_to(root).as_posix().encode())
        _add(digest, read_bytes(path))
    return digest.hexdigest()
