"""A result in words alone: nothing is drawn, and nothing is said by a sign or a colour.

For screen readers, for files and pipes, and for whoever asks for it. Lines are as long as their
sentences, since whatever shows them can break them better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from grader.report.arrangement import (
    OUTCOME_WORDS,
    Finding,
    FunctionState,
    FunctionSummary,
    amount,
    file_of,
    findings,
    line_text,
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
    FunctionState.RIGHT: "passed",
    FunctionState.WRONG: "failed",
    FunctionState.UNWRITTEN: "not written yet",
    FunctionState.WAITING: "waits for another function",
    FunctionState.UNGRADED: "not graded",
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
    yield f"{_line(result.submission.name)}: {_line(result.exercise)} of {_line(result.course)}"
    if result.status == "ungraded":
        yield (
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
    yield from _list("Warnings (no points lost):", result.warnings)
    yield from _list("Not run:", result.not_run)
    yield ""
    yield _total(result)


def _summary(result: Result, function: FunctionSummary) -> str:
    parts = [f"{_line(function.name)}: {_STATES[function.state]}"]
    if result.status == "graded":
        parts.append(f"{amount(function.points)} of {points_text(function.max_points)}")
    if function.remark:
        parts.append(_line(function.remark))
    return ", ".join(parts)


def _finding(result: Result, finding: Finding) -> Iterator[str]:
    waits = finding.outcome is Outcome.BLOCKED
    heading = "Not graded" if finding.outcome is Outcome.GRADER_ERROR else "Failed"
    heading = "Waiting" if waits else heading
    line = f"{heading}: {', '.join(map(_line, finding.functions))}"
    if result.status == "graded" and finding.lost > 0:
        line += f", {points_text(finding.lost)} {'waiting' if waits else 'lost'}"
    yield line
    if finding.cause:
        yield f"Cause: {_line(finding.sentence)}"
    titles = [_line(check.title) for check in finding.checks]
    most = _MAX_TITLES if finding.cause else len(titles)
    yield from (f"Check: {title}" for title in titles[:most])
    if len(titles) > most:
        yield f"And {len(titles) - most} more checks"
    for diagnosis in finding.diagnoses:
        yield from _diagnosis(diagnosis, file_of(diagnosis, result, finding.functions[0]))
    feedback = finding.told
    if not feedback and finding.outcome is not Outcome.FAILED and not finding.cause:
        feedback = f"{finding.functions[0]}: {OUTCOME_WORDS[finding.outcome]}"
    yield from _block(feedback)
    yield from (f"Hint: {_line(hint)}" for hint in finding.hints)


def _diagnosis(diagnosis: Diagnosis, cell: str) -> Iterator[str]:
    kind = "Probable mistake" if diagnosis.certainty == "likely" else "Mistake"
    where = "" if diagnosis.line is None else f", {line_text(diagnosis.line, _line(cell))}"
    yield f"{kind}: {_line(diagnosis.title)}{where}"
    for place in diagnosis.places:
        text, _carets = pointed(place, _LONGEST)
        if text:
            yield f"  {_line(text)}"
            part = place.text[place.column : place.end_column]
            yield f"  (what is wrong there: {_line(part)[:_LONGEST]})"
    yield from _block(diagnosis.message)


def _block(text: str) -> Iterator[str]:
    """Yield lines of text, set in; an arrow below a line becomes words."""
    lines = text.strip("\n").split("\n") if text.strip() else []
    for line in lines[:_MAX_LINES]:
        if _POINTER.match(line):
            place = len(line) - len(line.lstrip()) + 1 - len(_margin(lines, line))
            yield f"  (the error is at character {max(place, 1)} of that line)"
        else:
            yield f"  {line[:_LONGEST]}"
    if len(lines) > _MAX_LINES:
        yield f"  and {len(lines) - _MAX_LINES} more lines"


def _margin(lines: list[str], pointer: str) -> str:
    """Return the blanks that the line above the pointer begins with."""
    above = lines[max(lines.index(pointer) - 1, 0)]
    return above[: len(above) - len(above.lstrip())]


def _by_hand(result: Result) -> Iterator[str]:
    if result.by_hand:
        yield ""
        yield "Graded by hand:"
    for part in result.by_hand:
        yield f"  {_line(part_heading(part))}"
        yield from (f"    {_line(line)}" for line in part_lines(part))


def _output(output: str) -> Iterator[str]:
    lines = output.strip("\r\n").split("\n")
    if output.strip():
        yield ""
        cut = len(lines) > _MAX_LINES
        yield f"Your code printed, the last {_MAX_LINES} lines:" if cut else "Your code printed:"
        yield from (f"  {line[:_LONGEST]}" for line in lines[-_MAX_LINES:])


def _list(title: str, items: tuple[str, ...]) -> Iterator[str]:
    if items:
        yield ""
        yield title
        yield from (f"  {_line(item)}" for item in items[:_MAX_ITEMS])
    if len(items) > _MAX_ITEMS:
        yield f"  and {len(items) - _MAX_ITEMS} more"


def _total(result: Result) -> str:
    score = score_text(result.score, result.max_score)
    if result.status == "ungraded":
        return "No score: the grader failed"
    waiting = waiting_text(len(result.to_grade))
    if result.not_run:
        return f"Not everything was run, score so far: {score}" + (
            f", {waiting}" if waiting else ""
        )
    if waiting:
        return f"Score so far: {score}, {waiting}"
    return f"Score: {score}, everything is right" if result.full_marks else f"Score: {score}"


def _line(text: str) -> str:
    return visible(text[:_LONGEST], lines=False)
