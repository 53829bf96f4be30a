"""What a student may read of a result now, by the course's `[server]`; every view asks here."""

from __future__ import annotations

from dataclasses import replace
from math import fsum
from typing import Final

from django.utils import timezone

from grader.batch.late import overdue
from grader.course.server_rules import Stage
from grader.decisions.final_grade import decided_deadline
from grader.language import gettext_lazy as _
from grader.language import translated
from grader.quick_dataclass import dataclass
from grader.report.arrangement import score_text
from grader.result import Outcome, Result
from grader.server.access import Visit
from grader.server.courses import read_course
from grader.server.grades import ExerciseGrade, StandingAttempt, result_of
from grader.server.models import ServedCourse
from grader.server.tries import tries

_NAMED_LATER: Final = _("mistakes are named {when}")
_HINTED_LATER: Final = _("hints are given {when}")
_CHECKED_LATER: Final = _(
    "the results of the hidden checks, worth {missing:g} of {total:g} points, are shown {when}"
)
_CHECK_FAILED: Final = _("The check itself failed, not your code.")
GRADER_FAILED: Final = _(
    "The grader failed. This is not your fault and costs you nothing; your instructor can see it."
)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What is not told yet: of each kind when it will be, in words; empty where it is told.

    `is_withheld` is an instructor's decision: then nothing of a result is told at all.
    `has_causes` is whether it is told why the grader itself has failed, with files of the server.
    """

    diagnoses: str = ""
    hints: str = ""
    hidden_checks: str = ""
    is_withheld: bool = False
    has_causes: bool = True

    @property
    def has_scores(self) -> bool:
        """Whether scores are told, and which attempt counts."""
        return not self.hidden_checks and not self.is_withheld


def shown_to(visit: Visit, exercise_grade: ExerciseGrade) -> Disclosure:
    """Return what somebody may read now of the results for an exercise; who teaches, all."""
    return Disclosure() if visit.teaches else shown_to_student(visit.course, exercise_grade)


def shown_to_student(course: ServedCourse, exercise_grade: ExerciseGrade) -> Disclosure:
    """Return what a student may read now of their own results for an exercise.

    Attempts count where they were graded; the same file again is no other attempt, and neither is
    the stub. The deadline is the student's own, and is over after the grace minutes.
    """
    read = read_course(course)
    exercise = read.course.exercise(exercise_grade.grade.exercise)
    told = exercise.serving
    enough = max(stage.attempts for stage in (told.diagnoses, told.hints, told.hidden_checks))
    made = tries(read.course, exercise, exercise_grade, enough) if enough else 0
    deadline = decided_deadline(exercise_grade.grade.decisions, read.description, exercise.name)
    is_over = deadline is not None and overdue(timezone.now(), deadline, read.description).late

    def when(stage: Stage) -> str:
        if stage.is_reached(made, bool(is_over)):
            return ""
        if stage.after_deadline:
            return _("once the deadline is over")
        return _("after {count} different attempts", count=stage.attempts)

    return Disclosure(
        diagnoses=when(told.diagnoses),
        hints=when(told.hints),
        hidden_checks=when(told.hidden_checks),
        is_withheld=exercise_grade.grade.standing == "withheld",
        has_causes=False,
    )


def result_for(visit: Visit, exercise_grade: ExerciseGrade, one: StandingAttempt) -> Result | None:
    """Return an attempt's result as somebody may read it; None until there is one to be read."""
    told = shown_to(visit, exercise_grade)
    result = None if told.is_withheld else result_of(one)
    return None if result is None else as_shown(result, told)


def score_shown(result: Result, shown: Disclosure) -> str:
    """Return the score of a result `as_shown`, and whether more of it is to come."""
    score = score_text(result.score, result.max_score)
    if shown.has_scores or not result.not_run:
        return score
    return translated(_("{score} so far", score=score))


def as_shown(result: Result, shown: Disclosure) -> Result:
    """Return a result without what is not told yet, and with a line on each thing that is not."""
    found = result if shown.has_causes else _without_causes(result)
    if shown.hidden_checks:
        found = _without_hidden(found, shown.hidden_checks)
    checks, untold = found.checks, []
    if shown.diagnoses and any(one.diagnosis for one in checks):
        checks = tuple(replace(one, diagnosis=()) for one in checks)
        untold.append(_NAMED_LATER.format(when=shown.diagnoses))
    if shown.hints:
        lost = any(one.hint and one.outcome is not Outcome.PASSED for one in checks)
        checks = tuple(replace(one, hint="") for one in checks)
        untold += [_HINTED_LATER.format(when=shown.hints)] if lost else []
    return replace(found, checks=checks, warnings=(*found.warnings, *untold))


def _without_causes(result: Result) -> Result:
    """Return a result that says that the grader has failed, but not why."""
    if result.status != "ungraded":
        return result
    checks = tuple(
        replace(one, feedback=_CHECK_FAILED) if one.outcome is Outcome.GRADER_ERROR else one
        for one in result.checks
    )
    # a result without checks is a lost grader's, and its warnings say how it was lost
    return replace(result, checks=checks, warnings=result.warnings if checks else (GRADER_FAILED,))


def _without_hidden(result: Result, when: str) -> Result:
    """Return a result as if the visible checks were all; what the code printed is left out, too.

    That nothing could be run is told all the same.
    """
    hidden = [one for one in result.checks if not one.visible]
    if not hidden or _is_unreadable(result):
        return result
    checks = tuple(one for one in result.checks if one.visible)
    wrong = {one.function for one in checks if one.outcome is not Outcome.PASSED}
    missing = fsum(one.max_points for one in hidden)
    told = _CHECKED_LATER.format(missing=missing, total=result.max_score, when=when)
    return replace(
        result,
        checks=checks,
        score=round(max(result.score - fsum(one.points for one in hidden), 0.0), 9),
        listings=tuple(one for one in result.listings if one.function in wrong),
        output="",
        not_run=(*result.not_run, told),
    )


def _is_unreadable(result: Result) -> bool:
    """Whether no line of the file could be run: then all checks say so, and nothing else."""
    reasons = {(one.outcome, one.feedback) for one in result.checks}
    return len(reasons) == 1 and not result.listings and result.checks[0].outcome is Outcome.ERROR
