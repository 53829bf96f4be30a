"""Taking files in: what may be handed in, whether somebody still may, and never twice."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from grader.course import Course, Exercise
from grader.grading.file_names import exercises_named
from grader.grading.files_beside import import_paths, is_import_path, mentioned
from grader.grading.imported_files import MAX_FILES, most_of
from grader.grading.progress import Written, completion
from grader.grading.submission import is_submission, most_bytes, submission_from_bytes
from grader.quick_dataclass import dataclass
from grader.server import grades, queue
from grader.server.access import Visit
from grader.server.allowance import Allowance, allowance
from grader.server.grades import StandingAttempt
from grader.server.models import Attempt

MOST_FILES: Final = MAX_FILES
"""How many may be handed in together."""
_DEFINITION: Final = re.compile(r"^(?:def|class) ", re.MULTILINE)
_MOST_BESIDE: Final = 4_000_000  # bytes of all files beside an attempt: each has its own copy


class RefusedError(Exception):
    """Something is not taken in.

    Attributes
    ----------
    problem : {"empty", "both", "kind", "large", "attempts", "key", "many", "beside", ...}
        There is none, there is typed code as well, it is neither .py nor notebook, it is too
        large, no attempt is left for now, another file was handed in with the same key, there are
        too many, or a file beside it has no path that it could be imported by. Among several files:
        "unnamed" where one is named after no exercise and imported by none of the others, "names"
        where it is named after more than one. "blank" where no code is in it, "unreadable" where
        it can't be read.
    again : datetime or None
        When there is an attempt again, if that is soon.
    name : str
        Which file it is, where there were several.
    reason : str
        Why it can't be read.
    """

    def __init__(
        self, problem: str, again: datetime | None = None, name: str = "", reason: str = ""
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.again = again
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that somebody hands in.

    Attributes
    ----------
    name : str
    content : bytes
    key : str
        What its sender has drawn by chance for it, the same whenever it is sent again; or nothing.
    beside : sequence of (str, bytes)
        The files that came with it, by the paths that it would import them by.
    """

    name: str
    content: bytes
    key: str = ""
    beside: Sequence[tuple[str, bytes]] = ()


def uploaded(
    file: UploadedFile, key: str = "", beside: Sequence[tuple[str, bytes]] = ()
) -> ReceivedFile:
    """Return what was uploaded.

    Raises
    ------
    RefusedError
        By its name it is no submission, or it is too large.
    """
    name = (file.name or "").rpartition("/")[2].rpartition("\\")[2][-255:]
    if not is_submission(name):
        raise RefusedError("kind", name=name)
    if file.size is None or file.size >= most_bytes(name):
        raise RefusedError("large", name=name)
    return ReceivedFile(name, file.read(), key, beside)


def uploaded_beside(
    files: Sequence[UploadedFile], paths: Sequence[str]
) -> tuple[tuple[str, bytes], ...]:
    """Return the files that were uploaded beside another one, by the paths that they were given.

    Raises
    ------
    RefusedError
        They are too many or too large, or a path is lacking, twice there, or none to import by.
    """
    if len(files) > MAX_FILES:
        raise RefusedError("many")
    if len(files) != len(paths) or len(set(paths)) < len(paths):
        raise RefusedError("beside")
    if not all(map(is_import_path, paths)):
        raise RefusedError("beside")
    if any((file.size or 0) > most_of(path) for file, path in zip(files, paths, strict=True)):
        raise RefusedError("large")
    return _not_too_large([(path, file.read()) for file, path in zip(files, paths, strict=True)])


def sorted_out(
    course: Course, chosen: Exercise, files: Sequence[UploadedFile]
) -> list[tuple[Exercise, ReceivedFile]]:
    """Return what was uploaded together: each attempt with its exercise and the files beside it.

    One file is an attempt at the exercise that was chosen. Of several, each that is named after an
    exercise is an attempt at that one, and what others may import lies beside them.

    Raises
    ------
    RefusedError
        They are too many, or one is none of this, or it is as `uploaded` says; none is taken in.
    """
    if len(files) > MOST_FILES:
        raise RefusedError("many")
    handed = [uploaded(file) for file in files]
    if len(handed) == 1:
        return [(chosen, handed[0])]
    placed: list[tuple[Exercise, ReceivedFile]] = []
    unplaced = dict.fromkeys(one.name for one in handed)
    for one in handed:
        fitting = exercises_named(course, PurePosixPath(one.name).stem)
        if len(fitting) > 1:
            raise RefusedError("names", name=one.name)
        if fitting:
            own = replace(one, beside=_beside(course, one, handed))
            placed.append((fitting[0], own))
            unplaced.pop(one.name, None)
    for _exercise, one in placed:
        for path, _content in one.beside:
            unplaced.pop(path, None)
    if unplaced:
        raise RefusedError("unnamed", name=next(iter(unplaced)))
    return placed


def _beside(
    course: Course, one: ReceivedFile, handed: Sequence[ReceivedFile]
) -> tuple[tuple[str, bytes], ...]:
    others = [(other.name, other.name, other.content) for other in handed if other is not one]
    paths = dict(import_paths(course, "", others))
    named = {path: paths[path] for path in paths if is_import_path(path)}
    return _not_too_large(mentioned(one.content, named))


def _not_too_large(beside: Sequence[tuple[str, bytes]]) -> tuple[tuple[str, bytes], ...]:
    if sum(len(content) for _path, content in beside) > _MOST_BESIDE:
        raise RefusedError("large", name=max(beside, key=lambda each: len(each[1]))[0])
    return tuple(beside)


def expect_code(found: Course, chosen: Exercise, handed: ReceivedFile) -> None:
    """Do nothing where there is something to grade in a file, so that it may use up an attempt.

    Raises
    ------
    RefusedError
        There is not.
    """
    submission = submission_from_bytes(handed.name, handed.content)
    if submission.problem:
        raise RefusedError("unreadable", name=handed.name, reason=submission.problem)
    if _DEFINITION.search(submission.source):  # as in nearly all: the others are looked at closely
        return
    if completion(submission, found, chosen).written is Written.NOTHING:
        raise RefusedError("blank", name=handed.name)


def allowed(visit: Visit, chosen: Exercise, own: Sequence[StandingAttempt]) -> Allowance:
    """Return what is left to somebody of what the course allows; who teaches is not limited."""
    if visit.teaches:
        return Allowance()
    return allowance(chosen.serving, own, timezone.now())


def take_in(visit: Visit, found: Course, chosen: Exercise, handed: ReceivedFile) -> Attempt:
    """Take a file in, and have it graded; what is sent again with its key is the same attempt.

    Raises
    ------
    RefusedError
        The course allows no attempt now, or the key is another file's.
    """
    with queue.one_by_one(visit.person):  # so that two at once are not one too many
        if handed.key and (known := _known(visit, chosen, handed)):
            return known
        if chosen.serving.is_limited and not visit.teaches:
            _expect_attempt(visit, found, chosen)
        return queue.hand_in(
            visit.person,
            visit.course,
            chosen.name,
            handed.name,
            handed.content,
            handed.key,
            handed.beside,
        )


def _expect_attempt(visit: Visit, found: Course, chosen: Exercise) -> None:
    """Do nothing where somebody has an attempt left."""
    own = Attempt.objects.filter(person=visit.person, course=visit.course, exercise=chosen.name)
    left = allowed(visit, chosen, grades.standing_attempts(found, own))
    if not left.is_open:
        raise RefusedError("attempts", None if left.left == 0 else left.again)


def _known(visit: Visit, chosen: Exercise, handed: ReceivedFile) -> Attempt | None:
    """Return the attempt that was handed in with this key before."""
    known = Attempt.objects.filter(person=visit.person, key=handed.key).defer("content").first()
    if known is None:
        return None
    digests = (hashlib.sha256(handed.content).hexdigest(), queue.digest_of(handed.beside))
    same = (visit.course.pk, chosen.name, digests)
    if (known.course_id, known.exercise, known.digests) != same:
        raise RefusedError("key")
    return known
