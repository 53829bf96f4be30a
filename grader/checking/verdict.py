"""How a check has ended, by what it raised, in words for the student."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

import pytest

from grader.authoring import made_message
from grader.checking.failed_statement import answers_asked_about, exception_asked_for, last_in
from grader.checking.fixtures import CheckRun
from grader.checking.reference_trial import Trial
from grader.checking.specification import Check
from grader.checking.student.answered_call import AnsweredCall
from grader.checking.student.asked_exception import another_raised, not_raised
from grader.checking.student.objects_within import holds_object
from grader.checking.student.student_proxy import answered_calls, last_asked, last_call
from grader.checking.value_kinds import kind_of, misfit, much_apart, returned_none
from grader.comparison.check_failure import CheckFailure
from grader.errors import CourseError
from grader.language import authored, enumerated, joined, sentences
from grader.language import gettext_lazy as _
from grader.result import CheckResult, Outcome
from grader.sandbox.child.codec import ForbiddenValueError
from grader.sandbox.child_words import value_in_words
from grader.sandbox.failures import CallFailure

_PACKAGE: Final = Path(__file__).parent.parent
_MAX_LINES: Final = 12
_MOST_TOLD: Final = 3
_NOT_RAISED: Final = re.compile(r"DID NOT RAISE (?:<class ')?(?:\w+\.)*(\w+)'?>?$")
_UNMET: Final = _("A required condition does not hold.")
_BROKEN: Final = _("The check itself failed, not your code: {reason}")
_NOT_RUN: Final = _("Not run: {reason}")
_JUDGED: Final = AssertionError | CallFailure | CheckFailure | pytest.fail.Exception
_NO_JUDGE: Final = _("the reference does not pass it either.")
_NO_JUDGE_AT: Final = _("the reference does not pass it either ({place}).")
_ASK_OBJECTS: Final = _(
    "An object stays in the student's process: type() and callable() tell nothing of it, and it is"
    " no number or array. Ask for its attributes and items, and for its class by student.kind(...)"
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
    missing = [name for name in check.requires if name in failed]
    if not missing:
        return None
    text = _("Not run: it builds on {functions}, which has to be right first.")
    return ended(check, Outcome.BLOCKED, text.format(functions=enumerated(missing)))


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
        why = _NO_JUDGE
        if error is not None:
            why = _NO_JUDGE_AT.format(place=_place_in(error, file))
        return Outcome.GRADER_ERROR, _BROKEN.format(reason=sentences([why, _ASK_OBJECTS]))
    if error is None:
        return Outcome.PASSED, ""
    if isinstance(error, CallFailure):
        return _of_call(run, file, error)
    if isinstance(error, CourseError):
        reason = joined(error.message, error.remedy, separator="; ")
        return Outcome.GRADER_ERROR, _BROKEN.format(reason=reason)
    if isinstance(error, CheckFailure):
        return Outcome.FAILED, _with_call(run, error.text)
    if isinstance(error, pytest.skip.Exception):
        return Outcome.BLOCKED, _NOT_RUN.format(reason=_authored(run, str(error.msg)))
    if isinstance(error, pytest.fail.Exception):
        return Outcome.FAILED, _with_call(run, _failed(run, str(error.msg)))
    if isinstance(error, AssertionError) and not _is_ours(run, _last_file(error)):
        return Outcome.FAILED, _with_call(run, _unmet(run, file, error, tried))
    if isinstance(error, Exception) and not isinstance(error, MemoryError | OSError):
        calls = answered_calls(run.student)
        trial = tried() if calls else Trial(False)
        if trial is None or trial.passed:
            return Outcome.FAILED, _with_call(run, _unusable(run, file, error, trial))
    if isinstance(error, pytest.FixtureLookupError):
        missing = _("fixture {name} not found", name=repr(error.argname))
        return Outcome.GRADER_ERROR, _BROKEN.format(reason=missing)
    raised: str = f"{type(error).__name__}: {error}"
    if isinstance(error, ForbiddenValueError):
        raised = _(
            "it hands over {what}, and only data can be; a class of theirs is student.NAME",
            what=value_in_words(str(error)),
        )
    return Outcome.GRADER_ERROR, _BROKEN.format(
        reason=joined(raised, " (", _place_in(error, file), ")")
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
    return not_raised(calls[-1].told(), asked[1]) if asked and calls else _authored(run, text)


def _authored(run: CheckRun, text: str) -> str:
    """Return a text of the check's author as a message."""
    return authored(run.references.course.folder, made_message(text))


def _unmet(
    run: CheckRun, file: Path, error: AssertionError, tried: Callable[[], Trial | None]
) -> str:
    """Return what an assertion says, and the submission's side of it."""
    calls = answers_asked_about(error, file, run.student)
    for call in calls:
        if run.check.visible or call.value is not None or call.arguments is None:
            continue
        if not _returns_none(call.function, tried()):
            text = _("{returned}: is a `return` missing?", returned=call.told())
            return sentences([_UNMET, text])
    if not run.check.visible:
        return sentences([_UNMET, _listed(calls)])
    told = _authored(run, _told(error, file))
    return joined(*filter(None, (told, _listed(calls))), separator="\n")


def _returns_none(function: str, trial: Trial | None) -> bool:
    """Return whether the reference's function has returned None as well."""
    known = trial.answers if trial is not None else ()
    return any(name == function and needed == kind_of(None) for name, needed in known)


def _listed(calls: Sequence[AnsweredCall]) -> str:
    return sentences(_("{returned}.", returned=call.told()) for call in calls[-_MOST_TOLD:])


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
        called = call.arguments is not None
        if call.value is None and called and not _returns_none(call.function, trial):
            return returned_none(call.function)
    reason = f"{type(error).__name__}: {error}" if run.check.visible else type(error).__name__
    unusable = _("The check could not go on with what was returned ({reason}).", reason=reason)
    return sentences([unusable, _listed(calls)])


def _is_ours(run: CheckRun, file: Path | None) -> bool:
    """Return whether what fails there is the grader's or the reference's fault."""
    course = run.references.course
    if file is None or file == course.reference(run.exercise):
        return True
    return file.is_relative_to(_PACKAGE) and not file.is_relative_to(course.folder / "solutions")


def _with_call(run: CheckRun, text: str) -> str:
    called = last_call(run.student, run.check.function) if run.check.visible else ""
    return joined(text, _("Called: {call}", call=called), separator="\n") if called else text


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
    if trace is None:
        return _("nowhere")
    name = Path(trace.tb_frame.f_code.co_filename).name
    return _("{file}, line {line}", file=name, line=trace.tb_lineno)


def _last_frame(error: BaseException) -> TracebackType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace
