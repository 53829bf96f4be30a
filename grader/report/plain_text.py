"""A result in words alone: nothing is drawn, and nothing is said by a sign or a colour.

For screen readers, for files and pipes, and for whoever asks for it. Lines are as long as their
sentences, since whatever shows them can break them better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.language import clauses, ngettext, translated
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.report.arrangement import (
    FailureGroup,
    FunctionState,
    FunctionSummary,
    amount,
    file_of,
    findings,
    line_text,
    outcome_text,
    part_heading,
    part_lines,
    pointed,
    points_text,
    score_text,
    summaries,
    waiting_text,
)
from grader.report.safe_text import visible
from grader.report.signs import with_signs_of
from grader.result import Diagnosis, Outcome, Result

_STATES: Final = {
    FunctionState.RIGHT: lazy("passed"),
    FunctionState.WRONG: lazy("failed"),
    FunctionState.UNWRITTEN: lazy("not written yet"),
    FunctionState.WAITING: lazy("waits for another function"),
    FunctionState.UNGRADED: lazy("not graded"),
}
_POINTER: Final = re.compile(r"^ *\^+[~^]*$")
_MAX_LINES: Final = 40
_MAX_ITEMS: Final = 10
_MAX_TITLES: Final = 3
_LONGEST: Final = 2_000


def plain_report(result: Result, encoding: str = "utf-8") -> str:
    """Return the report of `result` in words, in signs that `encoding` can hold."""
    text = "\n".join(_lines(result))
    return visible(with_signs_of(text, encoding), encoding)


def _lines(result: Result) -> Iterator[str]:
    yield _(
        "{file}: {exercise} of {course}",
        file=_line(result.submission.name),
        exercise=_line(result.exercise),
        course=_line(result.course),
    )
    if result.status == "ungraded":
        yield _(
            "The grader failed. This is not your fault and does not count. Check again; if it"
            " stays so, tell your instructor."
        )
    for function in summaries(result):
        yield _summary(result, function)
    for finding in findings(result):
        yield ""
        yield from _finding(result, finding)
    yield from _by_hand(result)
    yield from _output(result.output)
    yield from _list(_("Warnings (no points lost):"), result.warnings)
    yield from _list(_("Left out:"), result.not_run)
    yield ""
    yield _total(result)


def _summary(result: Result, function: FunctionSummary) -> str:
    name, state = _line(function.name), _STATES[function.state]
    parts = [_("{function}: {state}", function=name, state=state)]
    if result.status == "graded":
        most = points_text(function.max_points)
        parts.append(_("{amount} of {points}", amount=amount(function.points), points=most))
    if function.remark:
        parts.append(_line(function.remark))
    return translated(clauses(parts))


def _finding(result: Result, finding: FailureGroup) -> Iterator[str]:
    waits = finding.outcome is Outcome.BLOCKED
    names = _(", ").join(map(_line, finding.functions))
    points = points_text(finding.lost)
    costs = result.status == "graded" and finding.lost > 0
    if waits and costs:
        yield _("Waiting: {functions}, {points} waiting", functions=names, points=points)
    elif waits:
        yield _("Waiting: {functions}", functions=names)
    elif finding.outcome is Outcome.GRADER_ERROR:
        yield _("Not graded: {functions}", functions=names)
    elif costs:
        yield _("Failed: {functions}, {points} lost", functions=names, points=points)
    else:
        yield _("Failed: {functions}", functions=names)
    if finding.cause:
        yield _("Cause: {cause}", cause=_line(finding.sentence))
    titles = [_line(check.title) for check in finding.checks]
    most = _MAX_TITLES if finding.cause else len(titles)
    yield from (_("Check: {title}", title=title) for title in titles[:most])
    if len(titles) > most:
        yield ngettext("And {count} more check", "And {count} more checks", len(titles) - most)
    for diagnosis in finding.diagnoses:
        yield from _diagnosis(diagnosis, file_of(diagnosis, result, finding.functions[0]))
    feedback = finding.told
    if not feedback and finding.outcome is not Outcome.FAILED and not finding.cause:
        feedback = outcome_text(finding)
    yield from _block(feedback)
    yield from (_("Hint: {hint}", hint=_line(hint)) for hint in finding.hints)


def _diagnosis(diagnosis: Diagnosis, cell: str) -> Iterator[str]:
    title = _line(diagnosis.title)
    if diagnosis.line is not None:
        where = _line(line_text(diagnosis.line, cell))
        title = _("{title}, {place}", title=title, place=where)
    if diagnosis.certainty == "likely":
        yield _("Probable mistake: {title}", title=title)
    else:
        yield _("Mistake: {title}", title=title)
    for place in diagnosis.places:
        text, _carets = pointed(place, _LONGEST)
        if text:
            yield f"  {_line(text)}"
            part = place.text[place.column : place.end_column]
            yield "  " + _("(what is wrong there: {part})", part=_line(part)[:_LONGEST])
    yield from _block(diagnosis.message)


def _block(text: str) -> Iterator[str]:
    """Yield lines of text, set in; an arrow below a line becomes words."""
    text = translated(text)
    lines = text.strip("\n").split("\n") if text.strip() else []
    for line in lines[:_MAX_LINES]:
        if _POINTER.match(line):
            place = len(line) - len(line.lstrip()) + 1 - len(_margin(lines, line))
            where = max(place, 1)
            yield "  " + _("(the error is at character {number} of that line)", number=where)
        else:
            yield f"  {line[:_LONGEST]}"
    if len(lines) > _MAX_LINES:
        more = len(lines) - _MAX_LINES
        yield "  " + ngettext("and {count} more line", "and {count} more lines", more)


def _margin(lines: list[str], pointer: str) -> str:
    """Return the blanks that the line above the pointer begins with."""
    above = lines[max(lines.index(pointer) - 1, 0)]
    return above[: len(above) - len(above.lstrip())]


def _by_hand(result: Result) -> Iterator[str]:
    if result.by_hand:
        yield ""
        yield _("Graded by hand:")
    for part in result.by_hand:
        yield f"  {_line(part_heading(part))}"
        yield from (f"    {_line(line)}" for line in part_lines(part))


def _output(output: str) -> Iterator[str]:
    lines = output.strip("\r\n").split("\n")
    if output.strip():
        yield ""
        cut = len(lines) > _MAX_LINES
        if cut:
            yield _("Your code printed, the last {count} lines:", count=_MAX_LINES)
        else:
            yield _("Your code printed:")
        yield from (f"  {line[:_LONGEST]}" for line in lines[-_MAX_LINES:])


def _list(title: str, items: tuple[str, ...]) -> Iterator[str]:
    if items:
        yield ""
        yield title
        yield from (f"  {_line(item)}" for item in items[:_MAX_ITEMS])
    if len(items) > _MAX_ITEMS:
        yield "  " + _("and {count} more", count=len(items) - _MAX_ITEMS)


def _total(result: Result) -> str:
    score = score_text(result.score, result.max_score)
    if result.status == "ungraded":
        return _("No score: the grader failed")
    waiting = waiting_text(len(result.to_grade))
    if result.not_run and waiting:
        return _(
            "Not everything is counted yet, score so far: {score}, {waiting}",
            score=score,
            waiting=waiting,
        )
    if result.not_run:
        return _("Not everything is counted yet, score so far: {score}", score=score)
    if waiting:
        return _("Score so far: {score}, {waiting}", score=score, waiting=waiting)
    if result.full_marks:
        return _("Score: {score}, everything is right", score=score)
    return _("Score: {score}", score=score)


def _line(text: str) -> str:
    return visible(translated(text)[:_LONGEST], lines=False)
