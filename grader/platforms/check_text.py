"""What a check says to a student, as plain text, Markdown or HTML: nothing in it can do harm."""

from __future__ import annotations

import html
from typing import Final

from grader.platforms.assessment import Assessment, Test
from grader.report.arrangement import OUTCOME_WORDS, amount, line_text, sentence
from grader.report.markdown import fenced, inline
from grader.report.safe_text import visible
from grader.report.terminal import render_text
from grader.result import Diagnosis, Outcome

NOT_GRADED: Final = "Not graded"
_LONGEST: Final = 4_000
_LONGEST_OUTPUT: Final = 8_000


def plain(text: str, *, lines: bool = True, longest: int = _LONGEST) -> str:
    """Return text in which everything is plainly printed, cut to a length."""
    return visible(text[:longest], lines=lines) + (" ..." if len(text) > longest else "")


def points_of(test: Test) -> str:
    """Return `1 of 3 points`."""
    reached, most = amount(float(test.points)), amount(float(test.max_points))
    return f"{reached} of {most} point{'' if test.max_points == 1 else 's'}"


def message(test: Test) -> str:
    """Return as plain text why a check failed; nothing where it passed."""
    if test.passed:
        return ""
    check = test.check
    if test.told_at:
        return _as_told(test)
    parts = [f"{_title(one, test.cell)}\n{plain(one.message)}" for one in check.diagnosis]
    parts += [plain(sentence(check.cause), lines=False)] if check.cause else []
    parts.append(plain(check.feedback.strip("\n")) or plain(_ending(test), lines=False))
    if check.hint:
        parts.append(f"Hint: {plain(check.hint)}")
    return "\n\n".join(parts)


def markdown_message(test: Test) -> str:
    """Return as Markdown why a check failed."""
    if test.passed:
        return ""
    check = test.check
    if test.told_at:
        return inline(_as_told(test))
    parts = [f"**{inline(sentence(check.cause))}**"] if check.cause else []
    for one in check.diagnosis:
        parts += [f"**{inline(_title(one, test.cell))}**", inline(one.message)]
    if check.feedback.strip():
        parts.append(fenced(plain(check.feedback)))
    elif not check.diagnosis:
        parts.append(inline(_ending(test)))
    if check.hint:
        parts.append(f"*Hint:* {inline(check.hint)}")
    return "\n\n".join(parts)


def html_message(test: Test) -> str:
    """Return as HTML, that is XML too, why a check failed."""
    if test.passed:
        return ""
    check = test.check
    if test.told_at:
        return f"<p>{escaped(_as_told(test))}</p>"
    parts = [f"<p><b>{escaped(sentence(check.cause))}</b></p>"] if check.cause else []
    parts += [
        f"<p><b>{escaped(_title(one, test.cell))}</b></p>{_lines(one.message)}"
        for one in check.diagnosis
    ]
    if check.feedback.strip():
        parts.append(f"<pre>{escaped(check.feedback.strip(chr(10)))}</pre>")
    elif not check.diagnosis:
        parts.append(f"<p>{escaped(_ending(test))}</p>")
    if check.hint:
        parts.append(f"<p><i>Hint:</i> {escaped(check.hint)}</p>")
    return "".join(parts)


def escaped(text: str, *, longest: int = _LONGEST) -> str:
    """Return text for HTML or XML, cut to a length."""
    return html.escape(plain(text, longest=longest))


def printed(assessment: Assessment) -> str:
    """Return what the student's code printed, to be shown as it stands."""
    result = assessment.graded
    output = result.output.strip("\r\n") if result else ""
    if len(output) <= _LONGEST_OUTPUT:
        return plain(output, longest=_LONGEST_OUTPUT)
    return "... " + plain(output[-_LONGEST_OUTPUT:], longest=_LONGEST_OUTPUT)


def report(assessment: Assessment) -> str:
    """Return all of it as plain text, each mistake told once."""
    shown = assessment.shown()
    result = shown.graded
    if result is None:
        return f"{NOT_GRADED}. {plain(assessment.problem)}\n"
    notes = [plain(note, lines=False) for note in (*shown.notes, shown.late_text) if note]
    total = f"Score: {shown.score_text}" if shown.lateness.percent else ""
    return "\n".join(filter(None, (render_text(result).rstrip("\n"), *notes, total))) + "\n"


def markdown_report(assessment: Assessment) -> str:
    """Return all of it as Markdown."""
    if assessment.graded is None:
        return f"**{NOT_GRADED}.** {inline(assessment.problem)}\n"
    rows = [f"| {inline(test.name)} | {points_of(test)} |" for test in assessment.shown().tests]
    heading = f"### {inline(assessment.exercise)}: {assessment.score_text}"
    table = ["| Check | Points |", "| --- | --- |", *rows]
    text = report(assessment)
    fence = "`" * max(3, _longest_run(text) + 1)
    return "\n".join([heading, "", *table, "", f"{fence}text", text.rstrip("\n"), fence]) + "\n"


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def _as_told(test: Test) -> str:
    """Return in a line what another test tells in full."""
    return plain(f"{sentence(test.check.cause)} See: {test.told_at}", lines=False)


def _title(diagnosis: Diagnosis, cell: str) -> str:
    doubt = "Probably: " if diagnosis.certainty == "likely" else ""
    where = f" ({line_text(diagnosis.line, cell)})" if diagnosis.line is not None else ""
    return plain(f"{doubt}{diagnosis.title}{where}", lines=False)


def _ending(test: Test) -> str:
    check = test.check
    if check.outcome is Outcome.PASSED:
        return "Some points are missing."
    return f"{check.function}: {OUTCOME_WORDS[check.outcome]}" if check.function else check.title


def _lines(text: str) -> str:
    return "<p>" + "<br/>".join(escaped(line) for line in text.splitlines()) + "</p>"
