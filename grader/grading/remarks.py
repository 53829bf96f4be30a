"""Remarks on a submission that cost no points, but that a student should know."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from grader.course import Course, Exercise
from grader.grading.submission import Submission
from grader.language import enumerated, ngettext_lazy, unended
from grader.language import gettext_lazy as _
from grader.result import CheckResult, Outcome
from grader.result.places import place_in_words
from grader.sandbox.child_words import traceback_in_words
from grader.sandbox.replies import Loaded, Problem

_MAX_PLACES = 8
_MAX_FAILED = 8
_LONGEST_CODE = 70
_UNDEFINED = re.compile(r"^NameError: name '(\w+)' is not defined", re.MULTILINE)


def remarks(
    submission: Submission, exercise: Exercise, loaded: Loaded, course: Course
) -> tuple[str, ...]:
    """Return what loading a submission has shown: cells that failed, names defined twice, ..."""
    found = submission.remarks + _stand_ins(loaded)
    if not submission.session:
        found += _of_another(exercise, loaded, course)
    if submission.session and loaded.functions.issuperset(exercise.functions):
        return found  # on the way to what is there now, much may have failed and been redefined
    found += _failed(submission, loaded)
    return found if submission.session else found + _repeated(loaded, exercise)


def not_run(course: Course, exercise: Exercise, checks: Sequence[CheckResult]) -> tuple[str, ...]:
    """Return what was left out: the hidden checks, where a course came without its solutions."""
    from grader.checking.checks import check_file

    if check_file(course, exercise) == course.checks(exercise):
        return ()
    missing = exercise.checked_points - math.fsum(check.max_points for check in checks)
    if math.isclose(missing, 0.0, abs_tol=1e-9):
        return ()  # all that earns points has been run
    return (
        _(
            "the hidden checks, worth {missing:g} of {total:g} points: they run only where the"
            " solutions are",
            missing=missing,
            total=exercise.max_score,
        ),
    )


def _of_another(exercise: Exercise, loaded: Loaded, course: Course) -> tuple[str, ...]:
    """Return that it may be the file of another exercise, where it lacks something of this one."""
    lacking = [name for name in exercise.functions if name not in loaded.functions]
    whole = [
        other
        for other in course.exercises
        if loaded.functions.issuperset(other.functions)
        and not set(other.functions).issubset(exercise.functions)
    ]
    if not lacking or not whole:
        return ()
    other = max(whole, key=lambda each: len(each.functions))
    text = _(
        "it defines nothing that {exercise} asks for, but all of {other} ({names}): is this"
        " the right file?"
    )
    if len(lacking) < len(exercise.functions):
        text = _(
            "it lacks {lacking}, which {exercise} asks for, and defines all of {other} ({names}):"
            " is this the right file?"
        )
    return (
        text.format(
            lacking=enumerated(lacking),
            exercise=exercise.name,
            other=other.name,
            names=enumerated(list(other.functions)),
        ),
    )


def _repeated(loaded: Loaded, exercise: Exercise) -> tuple[str, ...]:
    found = []
    for function in exercise.functions:
        places = [item for item in loaded.definitions if item.name == function]
        if len(places) > 1:
            named: list[str] = [
                _("{place} line {line}", place=place_in_words(place.label), line=place.line)
                for place in places
            ]
            if len(named) > _MAX_PLACES:
                named[_MAX_PLACES - 1 : -1] = ["..."]
            found.append(
                ngettext_lazy(
                    "{function} is defined {count} times ({places}): the last counts",
                    "{function} is defined {count} times ({places}): the last counts",
                    len(places),
                    function=function,
                    places=enumerated(named),
                )
            )
    return tuple(found)


def _failed(submission: Submission, loaded: Loaded) -> tuple[str, ...]:
    """Return what has failed: in each block the first, and others that it is not the cause of."""
    lost: set[str] = set()
    found = []
    for problem in loaded.problems:
        undefined = _UNDEFINED.search(problem.failure.feedback)
        if not (undefined and undefined[1] in lost):
            found.append(problem)
        lost.update(problem.lost)
    told = [one for one in found if one.failure.outcome is not Outcome.NOT_IMPLEMENTED]
    remarks: list[str] = [
        _(
            "{place}: {remark}",
            place=place_in_words(one.label),
            remark=_in_a_line(one, submission),
        )
        for one in told[:_MAX_FAILED]
    ]
    if len(told) > _MAX_FAILED:
        remarks.append(
            ngettext_lazy(
                "{count} more statements failed while loading",
                "{count} more statements failed while loading",
                len(told) - _MAX_FAILED,
            )
        )
    return tuple(remarks)


def _in_a_line(problem: Problem, submission: Submission) -> str:
    """Return the student's own line and the exception, as in ``line 2 `x = y`: NameError: ...``."""
    lines = [line.strip() for line in problem.failure.feedback.splitlines() if line.strip()]
    if len(lines) < 2:  # it has ended the process, so nothing could be run
        text = _("{reason} What the file defines was graded; nothing else in it was run.")
        if submission.cells:
            text = _("{reason} What its cells define was graded; nothing else in it was run.")
        return text.format(reason=problem.failure.feedback)
    line = problem.line or problem.failure.line
    code = _line_of(submission, problem.label, line)
    error = unended(traceback_in_words(lines[-1]))
    if error.startswith("SystemExit"):
        error = _("it ends the program ({error})", error=error)
    if code:
        error = _("line {line} `{code}`: {error}", line=line, code=code, error=error)
    if submission.cells:
        return _("{error}; the other cells were run", error=error)
    return _("{error}; left out, and what the file defines was graded", error=error)


def _line_of(submission: Submission, label: str, line: int) -> str:
    source = submission.to_load
    texts = {each.label: each.source for each in source.modules}
    texts |= {each.label: each.source for each in source.blocks}
    lines = texts.get(label, "").split("\n")
    code = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return code if len(code) <= _LONGEST_CODE else f"{code[:_LONGEST_CODE]}..."


def _stand_ins(loaded: Loaded) -> tuple[str, ...]:
    names = [name for name in loaded.stand_ins if name not in ("IPython", "grader")]
    if not names:
        return ()
    text = _("not available while grading, so an empty placeholder was used: {names}")
    return (text.format(names=enumerated(names)),)
