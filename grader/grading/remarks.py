"""Remarks on a submission that cost no points, but that a student should know."""

from __future__ import annotations

from grader.course import Exercise
from grader.grading.submission import Submission
from grader.result import Outcome
from grader.sandbox.replies import Loaded, Problem

_MOST_PLACES = 8


def remarks(submission: Submission, exercise: Exercise, loaded: Loaded) -> tuple[str, ...]:
    """Return what loading a submission has shown: cells that failed, names defined twice, ..."""
    found = submission.remarks + _stand_ins(loaded)
    if submission.session and loaded.functions.issuperset(exercise.functions):
        return found  # on the way to what is there now, much may have failed and been redefined
    return found + _failed(loaded) + (() if submission.session else _repeated(loaded, exercise))


def _repeated(loaded: Loaded, exercise: Exercise) -> tuple[str, ...]:
    found = []
    for function in exercise.functions:
        places = [item for item in loaded.definitions if item.name == function]
        if len(places) > 1:
            named = [f"{place.label} line {place.line}" for place in places]
            if len(named) > _MOST_PLACES:
                named[_MOST_PLACES - 1 : -1] = ["..."]
            lines = ", ".join(named)
            found.append(f"{function} is defined {len(places)} times ({lines}): the last counts")
    return tuple(found)


def _failed(loaded: Loaded) -> tuple[str, ...]:
    return tuple(
        f"{problem.label}: {_in_a_line(problem)}"
        for problem in loaded.problems
        if problem.failure.outcome is not Outcome.NOT_IMPLEMENTED
    )


def _in_a_line(problem: Problem) -> str:
    """Return the student's own line and the exception, as in ``line 2 `x = y`: NameError: ...``."""
    lines = [line.strip() for line in problem.failure.feedback.splitlines() if line.strip()]
    if len(lines) < 2:  # a cell has ended the process, so no cell could be run
        return f"{' '.join(lines)} What its cells define was graded; nothing else in them was run."
    code = [line for line in lines[1:-1] if not line.startswith(f"{problem.label}, line")]
    where = f"line {problem.failure.line} `{code[0]}`: " if code and problem.failure.line else ""
    error = lines[-1].rstrip(":")
    return f"{where}{error}; the other cells were run"


def _stand_ins(loaded: Loaded) -> tuple[str, ...]:
    names = ", ".join(name for name in loaded.stand_ins if name not in ("IPython", "grader"))
    if not names:
        return ()
    return (f"not there while grading, so an empty stand-in took its place: {names}",)
