"""Which platform, or which kind of folder, a set of submissions comes from, and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final, Protocol

from grader.batch.archive import Hand
from grader.batch.downloads import blackboard, canvas, gradescope, moodle
from grader.batch.folders import Folders
from grader.batch.records import Entry, Origin
from grader.course import Course
from grader.grading.file_names import composed

_MAX_METADATA: Final = 256_000_000
_MAX_RECEIPT: Final = 1_000_000


class LayoutReader(Protocol):
    """Reads the paths of one layout."""

    @property
    def layout(self) -> str:
        """The layout's name, for people."""

    def origins(self, path: str) -> tuple[Origin, ...]:
        """Return whose a file is: nobody, one student, or a group's."""

    def is_own(self, path: str) -> bool:
        """Whether the file is the platform's own and no submission."""


def reader_for(
    hand: Hand, entries: Sequence[Entry], course: Course, is_person: Callable[[str], bool]
) -> LayoutReader:
    """Return the reader of the layout that the files have.

    `is_person` says whether a text is the id or the name of somebody who is known.
    """
    paths = [entry.path for entry in entries]
    for entry in entries:
        if PurePosixPath(entry.path).name == gradescope.METADATA:
            text = composed(hand.read(entry, _MAX_METADATA).decode("utf-8", "replace"))
            return _Gradescope(entry.path, text)
    if any(moodle.parse(path) for path in paths):
        return _Moodle(paths)
    if any(blackboard.is_receipt(path) for path in paths):
        return _Blackboard(hand, entries)
    tops = {path.partition("/")[0] for path in paths}
    prefix = next(iter(tops)) + "/" if len(tops) == 1 and all("/" in path for path in paths) else ""
    inside = [path.removeprefix(prefix) for path in paths]
    matching = sum(canvas.parse(path) is not None for path in inside)
    if matching and matching * 2 > len(inside):
        return _Canvas(prefix)
    return Folders(paths, course, is_person)


class _Canvas:
    layout = "Canvas"

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix

    def origins(self, path: str) -> tuple[Origin, ...]:
        origin = canvas.parse(path.removeprefix(self._prefix))
        return (origin,) if origin else ()

    def is_own(self, _path: str) -> bool:
        return False


class _Moodle:
    layout = "Moodle"

    def __init__(self, paths: Sequence[str]) -> None:
        self._numbers: dict[str, set[str]] = {}
        for path in paths:
            if origin := moodle.parse(path):
                self._numbers.setdefault(origin.student_name, set()).add(origin.student_id)

    def origins(self, path: str) -> tuple[Origin, ...]:
        origin = moodle.parse(path)
        if origin is None:
            return ()
        return (replace(origin, has_namesake=len(self._numbers[origin.student_name]) > 1),)

    def is_own(self, _path: str) -> bool:
        return False


class _Blackboard:
    layout = "Blackboard"

    def __init__(self, hand: Hand, entries: Sequence[Entry]) -> None:
        self._prefix = blackboard.assignment_prefix([entry.path for entry in entries])
        self._names: dict[str, str] = {}
        self._people: dict[str, tuple[str, str]] = {}
        for entry in entries:
            if blackboard.is_receipt(entry.path):
                try:
                    data = hand.read(entry, _MAX_RECEIPT)
                except OSError:  # gone meanwhile: the file names alone say enough
                    continue
                text = composed(data.decode("utf-8-sig", "replace"))
                self._names.update(blackboard.original_names(text))
                key = PurePosixPath(entry.path).name.removesuffix(".txt")
                self._people[key] = blackboard.user_of_receipt(text)

    def origins(self, path: str) -> tuple[Origin, ...]:
        origin = blackboard.parse(path, self._prefix)
        if origin is None:
            return ()
        first = next(part for part in path.split("/") if blackboard.parse(part, self._prefix))
        attempt = next((key for key in self._people if first.startswith(f"{key}_")), "")
        name, user = self._people.get(attempt, ("", ""))
        inner = path.partition(first)[2].startswith("/")
        own = origin.name if inner else self._names.get(first, origin.name)
        return (Origin(own, user or origin.student_id, name, origin.submitted),)

    def is_own(self, path: str) -> bool:
        return blackboard.is_receipt(path)


class _Gradescope:
    layout = "Gradescope"

    def __init__(self, path: str, text: str) -> None:
        self._metadata = path
        self._prefix = path.removesuffix(gradescope.METADATA)
        self._submissions = gradescope.read_metadata(text)

    def origins(self, path: str) -> tuple[Origin, ...]:
        key, _, rest = path.removeprefix(self._prefix).partition("/")
        submission = self._submissions.get(key)
        name = PurePosixPath(rest or key).name
        if submission is None:
            return ()
        people = submission.people or (gradescope.GradescopeSubmitter(key, "", ""),)
        return tuple(
            Origin(
                name,
                one.id or one.email or one.name,
                one.name,
                submission.submitted,
                id_is="person",
            )
            for one in people
        )

    def is_own(self, path: str) -> bool:
        return path == self._metadata
