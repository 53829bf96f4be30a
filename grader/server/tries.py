"""How many attempts somebody has made in which something was tried."""

from __future__ import annotations

from itertools import islice

from grader.course import Course, Exercise
from grader.grading.submission import submission_from_bytes
from grader.grading.unchanged import is_stub
from grader.server.grades import ExerciseGrade
from grader.server.models import Attempt

_AT_ONCE = 4


def tries(course: Course, exercise: Exercise, exercise_grade: ExerciseGrade, enough: int) -> int:
    """Return how many different files have been graded, counted up to a number that is enough.

    What was handed out is no attempt, however it is laid out or commented; see `is_stub`.
    """
    graded = [one.attempt for one in exercise_grade.attempts if one.status == "graded"]
    different = {one.digests: one.pk for one in graded}
    if len(different) < enough:  # it makes no difference what is in them
        return len(different)
    rows = Attempt.objects.filter(pk__in=different.values()).only(
        "file_name", "content", "beside_sha256"
    )
    tried = (one for one in rows.iterator(_AT_ONCE) if not _is_stub(one, course, exercise))
    return sum(1 for _one in islice(tried, enough))


def _is_stub(one: Attempt, course: Course, exercise: Exercise) -> bool:
    if one.beside_sha256:  # it comes with code of one's own
        return False
    submission = submission_from_bytes(one.file_name, bytes(one.content))
    return not submission.problem and is_stub(submission, course, exercise)
