"""What a result says, arranged for reading: a row for each function, each failure told once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from enum import Enum
from math import floor, fsum
from typing import TypeVar

from grader.language import gettext, joined, ngettext_lazy, translated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.line_breaks import is_wide
from grader.result import CheckResult, Diagnosis, Outcome, PartResult, Place, Result
from grader.result.places import place_in_words

T = TypeVar("T")

OUTCOME_WORDS = {
    Outcome.PASSED: _("right"),
    Outcome.FAILED: _("not right yet"),
    Outcome.ERROR: _("raised an error"),
    Outcome.NOT_IMPLEMENTED: _("not written yet"),
    Outcome.TIMEOUT: _("took too long"),
    Outcome.OUT_OF_MEMORY: _("ran out of memory"),
    Outcome.DIED: _("ended the whole process"),
    Outcome.FORBIDDEN_VALUE: _("returned what can't be graded"),
    Outcome.BLOCKED: _("waits for another function"),
    Outcome.GRADER_ERROR: _("the grader failed"),
}
_UNWRITTEN = _("{function}: not written yet")
_UNWRITTEN_WORTH = _("{function}: not written yet, it is worth {points}")
_PARTLY_UNWRITTEN = _("{function}: a part is not written yet")
_PARTLY_UNWRITTEN_WORTH = _("{function}: a part is not written yet, it is worth {points}")
_SOME = 2  # takes the form of many, as 0.5 points does
_CALLED = "\nCalled: "  # with what, for checks that students may see: it differs from call to call
_FOLLOWS = "follows from "
_TELLING = frozenset(Outcome) - {Outcome.PASSED, Outcome.NOT_IMPLEMENTED}


class FunctionState(Enum):
    """How a function stands, all its checks taken together."""

    RIGHT = "right"
    WRONG = "wrong"
    UNWRITTEN = "unwritten"
    WAITING = "waiting"
    UNGRADED = "ungraded"


@dataclass(frozen=True, slots=True)
class FunctionSummary:
    """One function's checks: their points and, in a few words, the most telling failure."""

    name: str
    checks: tuple[CheckResult, ...]
    state: FunctionState
    remark: str

    @property
    def points(self) -> float:
        """The points reached."""
        return fsum(check.points for check in self.checks)

    @property
    def max_points(self) -> float:
        """The points that could be reached."""
        return fsum(check.max_points for check in self.checks)


@dataclass(frozen=True, slots=True)
class FailureGroup:
    """Checks that failed for the same reason, to be told once: with the first one's feedback."""

    outcome: Outcome
    feedback: str
    checks: tuple[CheckResult, ...]

    @property
    def cause(self) -> str:
        """What went wrong, in a line; empty where values were wrong."""
        return self.checks[0].cause

    @property
    def sentence(self) -> str:
        """The cause as a sentence of its own."""
        return sentence(self.cause, *self.functions)

    @property
    def told(self) -> str:
        """What is told below the cause: nothing that only says the same again."""
        if self.cause and self.outcome is Outcome.NOT_IMPLEMENTED:
            return ""
        return translated(self.feedback).strip("\n")

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of the functions concerned."""
        return _distinct(check.function for check in self.checks)

    @property
    def diagnoses(self) -> tuple[Diagnosis, ...]:
        """The named mistakes."""
        return _distinct(found for check in self.checks for found in check.diagnosis)

    @property
    def is_explained(self) -> bool:
        """Whether the named mistakes are all that is wrong, in every one of the checks."""
        return bool(self.diagnoses) and _sure(self.diagnoses)

    @property
    def hints(self) -> tuple[str, ...]:
        """The authors' hints, where values were wrong and nothing better is known."""
        if self.cause or _follows(self.diagnoses):
            return ()
        checks = self.checks[:1] if self.is_explained else self.checks
        return _distinct(check.hint for check in checks if check.hint)

    @property
    def lost(self) -> float:
        """The points that these checks cost."""
        return points_lost(self.checks)


def summaries(result: Result) -> tuple[FunctionSummary, ...]:
    """Return a summary of each function, in the order of its first check."""
    by_function: dict[str, list[CheckResult]] = {}
    for check in result.checks:
        by_function.setdefault(check.function, []).append(check)
    return tuple(_summary(name, tuple(checks)) for name, checks in by_function.items())


def findings(result: Result) -> tuple[FailureGroup, ...]:
    """Return what went wrong, the first wrong step first, unwritten functions left out.

    One cause is told once, whichever checks and functions it made fail: a name that is not
    defined, a line that raises, a file that can't be loaded. Wrong values are told once for each
    function and mistake. What follows from another function comes after that function.
    """
    explained = {
        check.function
        for check in result.checks
        if check.outcome is Outcome.FAILED and check.diagnosis and _sure(check.diagnosis)
    }
    groups: dict[tuple[object, ...], list[CheckResult]] = {}
    for check in result.checks:
        if is_told(check):
            groups.setdefault(_reason(check, explained), []).append(check)
    found = [_finding(checks) for checks in groups.values()]
    return tuple(sorted(found, key=_comes_later))


def is_told(check: CheckResult) -> bool:
    """Whether there is more to say of a check than that it passed or is not written yet."""
    if check.outcome is Outcome.NOT_IMPLEMENTED:
        return bool(check.cause)
    return check.outcome is not Outcome.PASSED


def sentence(cause: str, *names: str) -> str:
    """Return a cause in the reader's language, with a capital letter and a full stop.

    What begins with a name in Python, one of `names` or a file's, begins as that does.
    """
    said = translated(cause)
    first = said.partition(" ")[0].rstrip(":,")
    if first.isalpha() and first not in names:
        said = said[0].upper() + said[1:]
    return gettext("{sentence}.", sentence=said) if said else ""


def outcome_text(finding: FailureGroup) -> str:
    """Return what became of the first function, in words for what has no other."""
    words = OUTCOME_WORDS[finding.outcome]
    return _("{function}: {outcome}", function=finding.functions[0], outcome=words)


def mistake_title(diagnosis: Diagnosis) -> str:
    """Return the title of a mistake, with a word where it is but probable."""
    if diagnosis.certainty == "likely":
        return _("Probably: {title}", title=diagnosis.title)
    return diagnosis.title


def _comes_later(finding: FailureGroup) -> bool:
    """Whether another function has to be right first."""
    return finding.outcome is Outcome.BLOCKED or _follows(finding.diagnoses)


def _finding(checks: list[CheckResult]) -> FailureGroup:
    first = next((one for one in checks if one.outcome is not Outcome.NOT_IMPLEMENTED), checks[0])
    return FailureGroup(first.outcome, first.feedback, tuple(checks))


def _reason(check: CheckResult, explained: Collection[str]) -> tuple[object, ...]:
    """Return what two checks have in common that failed for the same reason."""
    if check.cause:
        return ("cause", check.cause)
    if check.outcome is Outcome.FAILED and check.function in explained:
        return ("mistake", check.function)
    feedback = check.feedback.partition(_CALLED)[0]
    alone = check.outcome is Outcome.FAILED or not feedback
    where = (check.function, check.diagnosis) if alone else ()
    return (check.outcome, feedback, where)


def _sure(diagnoses: Iterable[Diagnosis]) -> bool:
    return all(each.certainty == "exact" for each in diagnoses)


def _follows(diagnoses: tuple[Diagnosis, ...]) -> bool:
    """Whether a function is wrong only since another one is."""
    return bool(diagnoses) and all(each.id.startswith(_FOLLOWS) for each in diagnoses)


def cell_of(result: Result, function: str) -> str:
    """Return the notebook's cell that a function stands in; empty where it is a file."""
    places = (each.place for each in result.listings if each.function == function)
    place = next(places, result.submission.name)
    return "" if place == result.submission.name else place


def line_text(line: int, cell: str = "") -> str:
    """Return `line 21`, or `cell 5, line 3`."""
    if cell:
        return _("{place}, line {number}", place=place_in_words(cell), number=line)
    return _("line {number}", number=line)


def file_of(diagnosis: Diagnosis, result: Result, function: str) -> str:
    """Return the notebook's cell, or the other file, of a diagnosis's line; else nothing."""
    if not diagnosis.places:
        return cell_of(result, function)
    file = diagnosis.places[0].file
    return "" if file == result.submission.name else file


def pointed(place: Place, width: int) -> tuple[str, str]:
    """Return a line of code and carets below its part, both at most `width` characters long.

    Nothing where the part is not in what is known of the line.
    """
    text = place.text.expandtabs(1)
    begin, end = place.column, min(place.end_column, len(text))
    if not 0 <= begin < end:
        return "", ""
    start = len(text) - len(text.lstrip())
    if end - start > width:
        start = max(min(begin, end - width + 1), 0)
    shown = text[start : start + width]
    if start + width < len(text):
        shown = f"{shown[:-1]}…"
    before = "".join("  " if is_wide(each) else " " for each in text[start:begin])
    part = text[begin : min(end, start + width)]
    return shown, before + "".join("^^" if is_wide(each) else "^" for each in part)


def unwritten(function: FunctionSummary) -> str:
    """Return kind words on what of `function` is still the stub, or nothing.

    Examples
    --------
    `gradient: not written yet, it is worth 8 points`
    """
    stubs = [
        check
        for check in function.checks
        if check.outcome is Outcome.NOT_IMPLEMENTED and not check.cause
    ]
    if not stubs:
        return ""
    lost = points_lost(stubs)
    whole = len(stubs) == len(function.checks)
    if lost:
        told = _UNWRITTEN_WORTH if whole else _PARTLY_UNWRITTEN_WORTH
        return told.format(function=function.name, points=points_text(lost))
    return (_UNWRITTEN if whole else _PARTLY_UNWRITTEN).format(function=function.name)


def points_lost(checks: Iterable[CheckResult]) -> float:
    """Return the points that `checks` cost."""
    return fsum(check.max_points - check.points for check in checks)


def points_text(points: float) -> str:
    """Return `1 point`, `2.5 points`."""
    count = int(points) if points == int(points) else _SOME
    return ngettext_lazy("{points} point", "{points} points", count, points=amount(points))


def waiting_text(parts: int) -> str:
    """Return `2 parts to be graded by hand`; nothing where there are none."""
    if not parts:
        return ""
    return ngettext_lazy(
        "{count} part to be graded by hand", "{count} parts to be graded by hand", parts
    )


def part_heading(part: PartResult) -> str:
    """Return a line on a part that a person grades: its points or that it waits, and its title."""
    if part.points is not None:
        score = score_text(part.points, part.max_points)
        return _("{score}: {title}", score=score, title=part.title)
    fields = {"points": points_text(part.max_points), "title": part.title}
    if part.note:
        return _("to be graded, {points}: {title} ({note})", note=part.note, **fields)
    return _("to be graded, {points}: {title}", **fields)


def part_lines(part: PartResult) -> tuple[str, ...]:
    """Return what a student is told of a part that has been graded: what it got, and the remark."""
    taken = tuple(
        _("{item}: {points}", item=one.text, points=points_text(one.points))
        for one in part.rubric
        if one.taken
    )
    return (*taken, *((part.remark,) if part.remark else ()))


def score_text(score: float, maximum: float) -> str:
    """Return `14 / 20`; what is less than the maximum never reads like it."""
    shown = amount(score)
    if score < maximum and shown == amount(maximum):
        shown = amount(floor(score * 100) / 100)
    return f"{shown} / {amount(maximum)}"


def grader_failures(result: Result) -> tuple[str, ...]:
    """Return why a submission could not be graded, for who teaches: it may name the course's files.

    That is each check that failed by itself, or else what the grader has said.
    """
    failed = [check for check in result.checks if check.outcome is Outcome.GRADER_ERROR]
    if failed:
        return tuple(
            _("{title}: {feedback}", title=one.title, feedback=one.feedback) for one in failed
        )
    if result.warnings:
        return (joined(*result.warnings, separator=_("; ")),)
    return (OUTCOME_WORDS[Outcome.GRADER_ERROR],)


def amount(points: float) -> str:
    """Return points with two digits after the point at most: `2`, `0.5`, `1.33`."""
    return f"{points:.2f}".rstrip("0").rstrip(".") if points < 1e6 else f"{points:g}"


def _summary(name: str, checks: tuple[CheckResult, ...]) -> FunctionSummary:
    open_checks = [check for check in checks if check.outcome is not Outcome.PASSED]
    outcomes = {check.outcome for check in open_checks}
    if not outcomes:
        return FunctionSummary(name, checks, FunctionState.RIGHT, "")
    if Outcome.GRADER_ERROR in outcomes:
        state = FunctionState.UNGRADED
    elif outcomes == {Outcome.NOT_IMPLEMENTED} and len(open_checks) == len(checks):
        told = any(map(is_told, checks))
        state = FunctionState.WRONG if told else FunctionState.UNWRITTEN
    else:
        waiting = outcomes <= {Outcome.BLOCKED, Outcome.NOT_IMPLEMENTED}
        state = FunctionState.WAITING if waiting else FunctionState.WRONG
    return FunctionSummary(name, checks, state, _remark(open_checks, len(checks)))


def _remark(open_checks: list[CheckResult], total: int) -> str:
    if causes := _distinct(check.cause for check in open_checks if check.cause):
        return _first_of(causes)
    titles = _distinct(found.title for check in open_checks for found in check.diagnosis)
    if titles:
        return _first_of(titles)
    failures = [check.outcome for check in open_checks if check.outcome in _TELLING]
    if set(failures) == {Outcome.FAILED}:
        return ngettext_lazy(
            "{failed} of {count} check failed",
            "{failed} of {count} checks failed",
            total,
            failed=len(failures),
        )
    return OUTCOME_WORDS[failures[0]] if failures else ""


def _first_of(told: Sequence[str]) -> str:
    if len(told) == 1:
        return told[0]
    return _("{first} and {count} more", first=told[0], count=len(told) - 1)


def _distinct(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
