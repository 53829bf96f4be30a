"""What a check says to a student, as plain text, Markdown or HTML: nothing in it can do harm."""

from __future__ import annotations

import html
from typing import Final

from grader.language import gettext, languages, ngettext, sentences, translated
from grader.language import gettext_lazy as _
from grader.platforms.assessment import Assessment, Test
from grader.report.arrangement import (
    OUTCOME_WORDS,
    amount,
    line_text,
    mistake_title,
    sentence,
)
from grader.report.markdown import fenced, inline
from grader.report.safe_text import visible
from grader.report.terminal import render_text
from grader.result import CheckResult, Diagnosis, Outcome

NOT_GRADED: Final = _("Not graded")
NOT_GRADED_SENTENCE: Final = _("Not graded.")
_HINT: Final = _("Hint:")
_LONGEST: Final = 4_000
_LONGEST_OUTPUT: Final = 8_000


def plain(text: str, *, lines: bool = True, longest: int = _LONGEST) -> str:
    """Return text in the reader's language, all of it plainly printed, cut to a length."""
    said = translated(text)
    return visible(said[:longest], lines=lines) + (" ..." if len(said) > longest else "")


def not_graded(problem: str) -> str:
    """Return in a line that nothing was graded, and why."""
    return translated(sentences((NOT_GRADED_SENTENCE, plain(problem))))


def says_not_graded(text: str) -> bool:
    """Whether a document's text begins by saying that nothing was graded, in any language."""
    begun = text.lstrip("⟦")
    return any(begun.startswith(translated(NOT_GRADED, each)) for each in languages())


def points_in_all(assessment: Assessment) -> str:
    """Return `14 / 20 points`."""
    return gettext("{score} points", score=assessment.score_text)


def printed_heading() -> str:
    """Return what stands above what the student's code printed."""
    return gettext("Your code printed:")


def figure_title() -> str:
    """Return what a drawing of the student's code is called."""
    return gettext("What your code does")


def points_of(test: Test) -> str:
    """Return `1 of 3 points`."""
    reached, most = amount(float(test.points)), amount(float(test.max_points))
    count = 1 if test.max_points == 1 else 2
    return ngettext(
        "{reached} of {most} point", "{reached} of {most} points", count, reached=reached, most=most
    )


def message(test: Test) -> str:
    """Return as plain text why a check failed; nothing where it passed."""
    if test.passed:
        return ""
    check = test.check
    if test.told_at:
        return _as_told(test)
    parts = [f"{_title(one, test.cell)}\n{plain(one.message)}" for one in check.diagnosis]
    parts += [plain(_cause(check), lines=False)] if check.cause else []
    feedback = translated(check.feedback).strip("\n")
    parts.append(plain(feedback) or plain(_ending(test), lines=False))
    if check.hint:
        parts.append(gettext("Hint: {hint}", hint=plain(check.hint)))
    return "\n\n".join(parts)


def markdown_message(test: Test) -> str:
    """Return as Markdown why a check failed."""
    if test.passed:
        return ""
    check = test.check
    if test.told_at:
        return inline(_as_told(test))
    parts = [f"**{inline(_cause(check))}**"] if check.cause else []
    for one in check.diagnosis:
        parts += [f"**{inline(_title(one, test.cell))}**", inline(one.message)]
    if check.feedback.strip():
        parts.append(fenced(plain(check.feedback)))
    elif not check.diagnosis:
        parts.append(inline(_ending(test)))
    if check.hint:
        parts.append(f"*{translated(_HINT)}* {inline(check.hint)}")
    return "\n\n".join(parts)


def html_message(test: Test) -> str:
    """Return as HTML, that is XML too, why a check failed."""
    if test.passed:
        return ""
    check = test.check
    if test.told_at:
        return f"<p>{escaped(_as_told(test))}</p>"
    parts = [f"<p><b>{escaped(_cause(check))}</b></p>"] if check.cause else []
    parts += [
        f"<p><b>{escaped(_title(one, test.cell))}</b></p>{_lines(one.message)}"
        for one in check.diagnosis
    ]
    if check.feedback.strip():
        parts.append(f"<pre>{escaped(translated(check.feedback).strip(chr(10)))}</pre>")
    elif not check.diagnosis:
        parts.append(f"<p>{escaped(_ending(test))}</p>")
    if check.hint:
        parts.append(f"<p><i>{escaped(_HINT)}</i> {escaped(check.hint)}</p>")
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
        return f"{not_graded(assessment.problem)}\n"
    notes = [plain(note, lines=False) for note in (*shown.notes, shown.late_text) if note]
    total = gettext("Score: {score}", score=shown.score_text) if shown.lateness.percent else ""
    return "\n".join(filter(None, (render_text(result).rstrip("\n"), *notes, total))) + "\n"


def markdown_report(assessment: Assessment) -> str:
    """Return all of it as Markdown."""
    if assessment.graded is None:
        return f"{markdown_not_graded(assessment.problem)}\n"
    rows = [f"| {inline(test.name)} | {points_of(test)} |" for test in assessment.shown().tests]
    exercise = inline(assessment.exercise)
    told = gettext("{exercise}: {score}", exercise=exercise, score=assessment.score_text)
    heading = f"### {told}"
    check, points = gettext("Check"), gettext("Points")
    table = [f"| {check} | {points} |", "| --- | --- |", *rows]
    text = report(assessment)
    fence = "`" * max(3, _longest_run(text) + 1)
    return "\n".join([heading, "", *table, "", f"{fence}text", text.rstrip("\n"), fence]) + "\n"


def markdown_not_graded(problem: str) -> str:
    """Return as Markdown that nothing was graded, and why."""
    return f"**{translated(NOT_GRADED_SENTENCE)}** {inline(problem)}"


def html_not_graded(problem: str) -> str:
    """Return as HTML that nothing was graded, and why."""
    return f"<p><b>{escaped(NOT_GRADED_SENTENCE)}</b> {escaped(problem)}</p>"


def _longest_run(text: str) -> int:
    longest = run = 0
    for character in text:
        run = run + 1 if character == "`" else 0
        longest = max(longest, run)
    return longest


def _cause(check: CheckResult) -> str:
    return sentence(check.cause, check.function)


def _as_told(test: Test) -> str:
    """Return in a line what another test tells in full."""
    told = _("{cause} See: {test}", cause=_cause(test.check), test=test.told_at)
    return plain(told, lines=False)


def _title(diagnosis: Diagnosis, cell: str) -> str:
    title = mistake_title(diagnosis)
    if diagnosis.line is not None:
        title = _("{title} ({place})", title=title, place=line_text(diagnosis.line, cell))
    return plain(title, lines=False)


def _ending(test: Test) -> str:
    check = test.check
    if check.outcome is Outcome.PASSED:
        return _("Some points are missing.")
    if not check.function:
        return check.title
    words = OUTCOME_WORDS[check.outcome]
    return _("{function}: {outcome}", function=check.function, outcome=words)


def _lines(text: str) -> str:
    lines = translated(text).splitlines()
    return "<p>" + "<br/>".join(escaped(line) for line in lines) + "</p>"
