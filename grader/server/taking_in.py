"""Taking a file in: what may be handed in, whether somebody still may, and never twice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from grader.course import Course, Exercise
from grader.grading.submission import is_submission, most_bytes
from grader.server import grades, queue
from grader.server.access import Visit
from grader.server.allowance import Allowance, allowance
from grader.server.grades import StandingAttempt
from grader.server.models import Attempt, Person


class RefusedError(Exception):
    """A file is not taken in.

    Attributes
    ----------
    problem : {"empty", "both", "kind", "large", "attempts", "key"}
        There is none, there is typed code as well, it is neither .py nor notebook, it is too
        large, no attempt is left for now, or another file was handed in with the same key.
    again : datetime or None
        When there is an attempt again, if that is soon.
    """

    def __init__(self, problem: str, again: datetime | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.again = again


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody hands in.

    Attributes
    ----------
    name : str
    content : bytes
    key : str
        What its sender has drawn by chance for it, the same whenever it is sent again; or nothing.
    """

    name: str
    content: bytes
    key: str = ""


def uploaded(file: UploadedFile, key: str = "") -> Upload:
    """Return what was uploaded.

    Raises
    ------
    RefusedError
        By its name it is no submission, or it is too large.
    """
    name = (file.name or "").rpartition("/")[2].rpartition("\\")[2][-255:]
    if not is_submission(name):
        raise RefusedError("kind")
    if file.size is None or file.size >= most_bytes(name):
        raise RefusedError("large")
    return Upload(name, file.read(), key)


def allowed(visit: Visit, chosen: Exercise, own: Sequence[StandingAttempt]) -> Allowance:
    """Return what is left to somebody of what the course allows; who teaches is not limited."""
    if visit.teaches:
        return Allowance()
    return allowance(chosen.serving, own, timezone.now())


def take_in(visit: Visit, found: Course, chosen: Exercise, handed: Upload) -> Attempt:
    """Take a file in, and have it graded; what is sent again with its key is the same attempt.

    Raises
    ------
    RefusedError
        The course allows no attempt now, or the key is another file's.
    """
    if not handed.key and (visit.teaches or not chosen.serving.is_limited):
        return _handed_in(visit, chosen, handed)
    with transaction.atomic():  # so that two at once are not one too many
        Person.objects.select_for_update().get(pk=visit.person.pk)
        if handed.key and (known := _known(visit, chosen, handed)):
            return known
        own = Attempt.objects.filter(person=visit.person, course=visit.course, exercise=chosen.name)
        left = allowed(visit, chosen, grades.standing_attempts(found, own))
        if not left.is_open:
            raise RefusedError("attempts", None if left.left == 0 else left.again)
        return _handed_in(visit, chosen, handed)


def _handed_in(visit: Visit, chosen: Exercise, handed: Upload) -> Attempt:
    return queue.hand_in(
        visit.person, visit.course, chosen.name, handed.name, handed.content, handed.key
    )


def _known(visit: Visit, chosen: Exercise, handed: Upload) -> Attempt | None:
    """Return the attempt that was handed in with this key before."""
    known = Attempt.objects.filter(person=visit.person, key=handed.key).defer("content").first()
    if known is None:
        return None
    sha256 = hashlib.sha256(handed.content).hexdigest()
    same = (visit.course.pk, chosen.name, sha256)
    if (known.course_id, known.exercise, known.sha256) != same:
        raise RefusedError("key")
    return known
