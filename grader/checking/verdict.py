"""How a check has ended, by what it raised, in words for the student."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

import pytest

from grader.checking.failed_statement import answers_asked_about, exception_asked_for, last_in
from grader.checking.fixtures import CheckRun
from grader.checking.reference_trial import Trial
from grader.checking.specification import Check
from grader.checking.student.answered_call import AnsweredCall
from grader.checking.student.asked_exception import another_raised, not_raised
from grader.checking.student.objects_within import holds_object
from grader.checking.student.student_proxy import answered_calls, last_asked, last_call
from grader.checking.value_kinds import kind_of, misfit, much_apart
from grader.comparison.check_failure import CheckFailure
from grader.errors import CourseError
from grader.result import CheckResult, Outcome
from grader.sandbox.child.codec import ForbiddenValueError
from grader.sandbox.failures import CallFailure

_PACKAGE: Final = Path(__file__).parent.parent
_MAX_LINES: Final = 12
_MOST_TOLD: Final = 3
_NOT_RAISED: Final = re.compile(r"DID NOT RAISE (?:<class ')?(?:\w+\.)*(\w+)'?>?$")
_UNMET: Final = "A required condition does not hold."
_JUDGED: Final = AssertionError | CallFailure | CheckFailure | pytest.fail.Exception
_NO_JUDGE: Final = (
    "the reference does not pass it either%s. An object stays in the student's process: type() and"
    " callable() tell nothing of it, and it is no number or array. Ask for its attributes and"
    " items, and for its class by student.kind(...)"
)


def ended(check: Check, outcome: Outcome, feedback: str, seconds: float = 0.0) -> CheckResult:
    """Return the result of a check that has ended so."""
    return CheckResult(
        id=check.id,
        title=check.title,
        function=check.function,
        outcome=outcome,
        points=check.points if outcome is Outcome.PASSED else 0.0,
        max_points=check.points,
        visible=check.visible,
        feedback=feedback,
        hint=check.hint if outcome is Outcome.FAILED else "",
        seconds=round(seconds, 6),
    )


def blocked(check: Check, results: Sequence[CheckResult]) -> CheckResult | None:
    """Return the result of a check that is not run, since what it requires has not passed."""
    failed = {
        result.function
        for result in results
        if result.function in check.requires and result.outcome is not Outcome.PASSED
    }
    missing = ", ".join(name for name in check.requires if name in failed)
    if not missing:
        return None
    text = f"Not run: it builds on {missing}, which has to be right first."
    return ended(check, Outcome.BLOCKED, text)


def verdict(
    run: CheckRun,
    file: Path,
    error: BaseException | None,
    tried: Callable[[], Trial | None],
) -> tuple[Outcome, str]:
    """Return the outcome of a check, and its feedback.

    Parameters
    ----------
    run : CheckRun
        The run that has ended.
    file : Path
        Where the check is written.
    error : BaseException or None
        What it raised.
    tried : callable
        Returns how the check went with the reference in the student's place; None where there is
        no reference.
    """
    if isinstance(error, _JUDGED | None) and _cannot_judge_objects(run, tried):
        where = "" if error is None else f" ({_place_in(error, file)})"
        return Outcome.GRADER_ERROR, f"The check itself failed, not your code: {_NO_JUDGE % where}"
    if error is None:
        return Outcome.PASSED, ""
    if isinstance(error, CallFailure):
        return _of_call(run, file, error)
    if isinstance(error, CourseError):
        text = f"The check itself failed, not your code: {error.message}; {error.remedy}"
        return Outcome.GRADER_ERROR, text
    if isinstance(error, CheckFailure):
        return Outcome.FAILED, _with_call(run, str(error))
    if isinstance(error, pytest.skip.Exception):
        return Outcome.BLOCKED, f"Not run: {error.msg}"
    if isinstance(error, pytest.fail.Exception):
        return Outcome.FAILED, _with_call(run, _failed(run, str(error.msg)))
    if isinstance(error, AssertionError) and not _is_ours(run, _last_file(error)):
        return Outcome.FAILED, _with_call(run, _unmet(run, file, error))
    if isinstance(error, Exception) and not isinstance(error, MemoryError | OSError):
        calls = answered_calls(run.student)
        trial = tried() if calls else Trial(False)
        if trial is None or trial.passed:
            return Outcome.FAILED, _with_call(run, _unusable(run, file, error, trial))
    if isinstance(error, pytest.FixtureLookupError):
        return Outcome.GRADER_ERROR, (
            f"The check itself failed, not your code: fixture {error.argname!r} not found"
        )
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, ForbiddenValueError):
        text = f"it hands over {error}, and only data can be; a class of theirs is student.NAME"
    return Outcome.GRADER_ERROR, (
        f"The check itself failed, not your code: {text} ({_place_in(error, file)})"
    )


def _cannot_judge_objects(run: CheckRun, tried: Callable[[], Trial | None]) -> bool:
    """Return whether a check was answered with objects that it does not take from the reference.

    With the reference it has been tried already: what may be an object is known by that.
    """
    if not any(holds_object(call.value) for call in answered_calls(run.student)):
        return False
    trial = tried()
    return trial is not None and not trial.passed


def _of_call(run: CheckRun, file: Path, failure: CallFailure) -> tuple[Outcome, str]:
    """Return how a check has ended whose call gave no value."""
    name = exception_asked_for(failure, file) if failure.raised is not None else ""
    if not name or failure.raised is None or failure.outcome is not Outcome.ERROR:
        return failure.outcome, failure.feedback
    return Outcome.FAILED, another_raised(last_asked(run.student), name, failure, failure.raised)


def _failed(run: CheckRun, text: str) -> str:
    """Return what `pytest.fail` says; where it is for what was not raised, what was returned."""
    asked = _NOT_RAISED.match(text)
    calls = answered_calls(run.student)
    return not_raised(calls[-1].told(), asked[1]) if asked and calls else text


def _unmet(run: CheckRun, file: Path, error: AssertionError) -> str:
    """Return what an assertion says, and the submission's side of it."""
    calls = answers_asked_about(error, file, run.student)
    for call in calls:
        if call.value is None and call.arguments is not None and not run.check.visible:
            return f"{_UNMET} {call.told()}: is a `return` missing?"
    if run.check.visible:
        return "\n".join([_told(error, file), _listed(calls)]).strip()
    return f"{_UNMET} {_listed(calls)}".strip()


def _listed(calls: Sequence[AnsweredCall]) -> str:
    return " ".join(f"{call.told()}." for call in calls[-_MOST_TOLD:])


def _unusable(run: CheckRun, file: Path, error: Exception, trial: Trial | None) -> str:
    """Return why a check could not go on with what the submission returned."""
    calls = answers_asked_about(error, file, run.student)
    known = trial.answers if trial is not None else ()
    pairs = []
    for call, (function, needed) in zip(answered_calls(run.student), known, strict=False):
        if call.function != function:
            break
        pairs.append((call, kind_of(call.value), needed))
    pairs.sort(key=lambda pair: (not much_apart(*pair[1:]), all(pair[0] is not c for c in calls)))
    for call, actual, needed in pairs:
        called = call.arguments is not None
        text = misfit(call.function, actual, needed, called=called)
        if text is not None:
            return text
    for call in calls:
        if call.value is None:
            return f"{call.function} returned None: is a `return` missing?"
    reason = f"{type(error).__name__}: {error}" if run.check.visible else type(error).__name__
    return f"The check could not go on with what was returned ({reason}). {_listed(calls)}".strip()


def _is_ours(run: CheckRun, file: Path | None) -> bool:
    """Return whether what fails there is the grader's or the reference's fault."""
    course = run.references.course
    if file is None or file == course.reference(run.exercise):
        return True
    return file.is_relative_to(_PACKAGE) and not file.is_relative_to(course.folder / "solutions")


def _with_call(run: CheckRun, text: str) -> str:
    called = last_call(run.student, run.check.function) if run.check.visible else ""
    return f"{text}\nCalled: {called}" if called else text


def _told(error: AssertionError, checks: Path) -> str:
    """Return what an assertion says: in the check's own file pytest adds to its first line."""
    lines = str(error).strip().splitlines()
    return "\n".join(lines[: 1 if _last_file(error) == checks else _MAX_LINES])


def _last_file(error: BaseException) -> Path | None:
    trace = _last_frame(error)
    return Path(trace.tb_frame.f_code.co_filename) if trace is not None else None


def _place_in(error: BaseException, checks: Path) -> str:
    """Return the line that raised, of the checks where they are among those that led there."""
    trace = last_in(error.__traceback__, checks) or _last_frame(error)
    return (
        f"{Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno}"
        if trace
        else "nowhere"
    )


def _last_frame(error: BaseException) -> TracebackType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace
