"""A result as an HTML table for a notebook's output."""

from __future__ import annotations

import html

from grader.language import clauses, current_language, html_tag, translated
from grader.language import gettext as _
from grader.report.arrangement import (
    OUTCOME_WORDS,
    FailureGroup,
    FunctionState,
    findings,
    mistake_title,
    part_heading,
    part_lines,
    points_text,
    score_text,
    summaries,
    unwritten,
    waiting_text,
)
from grader.result import Diagnosis, Outcome, Result

_MARKS = {
    FunctionState.RIGHT: ("#1a7f37", "✓"),
    FunctionState.WRONG: ("#cf222e", "✗"),
    FunctionState.UNWRITTEN: ("#57606a", "○"),
    FunctionState.WAITING: ("#57606a", "…"),
    FunctionState.UNGRADED: ("#9a6700", "!"),
}
_PRE = '<pre style="white-space: pre-wrap; margin: 0.3em 0 0.3em 1.5em">'


def html_of(result: Result) -> str:
    """Return a result as HTML; whatever it says is escaped, and nothing in it is active."""
    rows = "".join(
        f'<tr><td style="color: {_MARKS[one.state][0]}">{_MARKS[one.state][1]}</td>'
        f'<td style="text-align: left"><b>{_escaped(one.name)}</b></td>'
        f"<td>{score_text(one.points, one.max_points) if result.status == 'graded' else ''}</td>"
        f'<td style="text-align: left">{_escaped(one.remark or unwritten(one))}</td></tr>'
        for one in summaries(result)
    )
    heading = _("{exercise}: {total}", exercise=result.exercise, total=_total(result))
    parts = [f"<p><b>{_escaped(heading)}</b></p><table>{rows}</table>"]
    parts += [_finding(one) for one in findings(result)]
    by_hand = [line for one in result.by_hand for line in (part_heading(one), *part_lines(one))]
    parts += _items(_("Graded by hand"), tuple(by_hand))
    if result.output.strip():
        title = _("Your code printed")
        parts.append(f"<p>{title}</p>{_block(result.output)}")
    parts += _items(_("Warnings (no points lost)"), result.warnings)
    parts += _items(_("Left out"), result.not_run)
    language = html_tag(current_language())
    return f'<div class="bpgrade" lang="{language}">{"".join(parts)}</div>'


def _total(result: Result) -> str:
    if result.status != "graded":
        return _("no score, the grader failed")
    score = score_text(result.score, result.max_score)
    open_ends = [_("not everything is counted yet")] if result.not_run else []
    open_ends += [waiting_text(len(result.to_grade))] if result.to_grade else []
    if not open_ends:
        return score
    return _("{score} so far, {open_ends}", score=score, open_ends=clauses(open_ends))


def _finding(finding: FailureGroup) -> str:
    names = _(", ").join(_escaped(name) for name in finding.functions)
    titles = "".join(f"<li>{_escaped(check.title)}</li>" for check in finding.checks)
    words = _escaped(finding.sentence or OUTCOME_WORDS[finding.outcome])
    fields = {"functions": f"<b>{names}</b>", "outcome": words}
    heading = _("{functions}: {outcome}", **fields)
    if finding.lost > 0:
        lost = points_text(finding.lost)
        heading = _("{functions} ({points}): {outcome}", points=lost, **fields)
    text = finding.told.strip()
    if not text and finding.outcome is not Outcome.FAILED and not finding.cause:
        text = translated(OUTCOME_WORDS[finding.outcome])
    label = _("Hint:")
    hints = "".join(f"<p><i>{label}</i> {_escaped(hint)}</p>" for hint in finding.hints)
    return (
        f"<p>{heading}</p><ul>{titles}</ul>"
        f"{''.join(map(_diagnosis, finding.diagnoses))}{_block(text) if text else ''}{hints}"
    )


def _diagnosis(diagnosis: Diagnosis) -> str:
    return f"<p><b>{_escaped(mistake_title(diagnosis))}</b></p>{_block(diagnosis.message)}"


def _items(title: str, items: tuple[str, ...]) -> list[str]:
    rows = "".join(f"<li>{_escaped(item)}</li>" for item in items)
    return [f"<p>{title}</p><ul>{rows}</ul>"] if rows else []


def _block(text: str) -> str:
    return f"{_PRE}{_escaped(translated(text)[-8_000:])}</pre>"


def _escaped(text: str) -> str:
    """Return text without markup; `$` is masked too, or MathJax would read formulas."""
    plain = translated(text).encode("utf-8", "replace").decode()
    return html.escape(plain).replace("$", "<span>&#36;</span>")
