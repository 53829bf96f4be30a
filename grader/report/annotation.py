"""Writing a result into a copy of the notebook, below the cell that defines each function."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from grader.errors import UsageError
from grader.language import gettext as _
from grader.language import gettext_lazy as lazy
from grader.language import translated
from grader.notebooks.notebook_file import NotebookError, parse, read_document, source_of
from grader.report.arrangement import (
    OUTCOME_WORDS,
    FailureGroup,
    FunctionSummary,
    findings,
    mistake_title,
    part_heading,
    part_lines,
    score_text,
    summaries,
    unwritten,
    waiting_text,
)
from grader.report.markdown import fenced, inline
from grader.result import Diagnosis, Result


def annotate(data: bytes, result: Result) -> str:
    """Return the notebook with feedback cells in it, in place of those of an earlier time.

    Parameters
    ----------
    data : bytes
        The notebook that was graded, which `read_notebook` can read.
    result : Result
        What came of it.

    Raises
    ------
    NotebookError
        The bytes are no notebook.
    """
    read_document(result.submission.name, data)  # which refuses what would fill the memory
    content = parse(result.submission.name, data, whole=True)
    holders = _holders(content)
    for holder in holders:
        holder["cells"] = [cell for cell in holder["cells"] if not _is_feedback(cell)]
    new = _CellMaker(content)
    homes = _homes(holders, [one.name for one in summaries(result)])
    below: dict[int, list[dict[str, Any]]] = {}
    for name, cell in homes.items():
        below.setdefault(id(cell), []).append(new.cell(name, function_text(result, name)))
    for holder in holders:
        holder["cells"] = [
            one for cell in holder["cells"] for one in (cell, *below.get(id(cell), ()))
        ]
    if holders:
        holders[0]["cells"].insert(0, new.cell("", overall_text(result, homes)))
    text = json.dumps(content, ensure_ascii=False, indent=1)
    if re.search("[\ud800-\udfff]", text):  # which only an escape can hold
        text = json.dumps(content, indent=1)
    return f"{text}\n"


def write_annotated(notebook: Path, out: Path, result: Result) -> None:
    """Write the copy of `notebook` with its feedback to `out`.

    Raises
    ------
    UsageError
        `out` is the notebook itself or cannot be written, or the notebook cannot be read.
    """
    if out.exists() and out.samefile(notebook):
        raise UsageError(
            lazy("--annotate never changes the notebook itself"),
            lazy("choose another file, such as feedback.ipynb"),
        )
    try:
        out.write_text(annotate(notebook.read_bytes(), result), encoding="utf-8")
    except NotebookError as error:
        raise UsageError(
            lazy("{path} was not written: {reason}", path=out, reason=error.args[0])
        ) from None
    except OSError as error:
        raise UsageError(
            lazy("{path} cannot be written: {reason}", path=out, reason=error.strerror),
            lazy("choose a file you can write to"),
        ) from None


def overall_text(result: Result, homes: Iterable[str]) -> str:
    """Return the Markdown of the cell on top: the score, and what belongs to no cell."""
    parts = [
        "### "
        + _("Feedback: {exercise}, {total}", exercise=inline(result.exercise), total=_total(result))
    ]
    for part in result.by_hand:
        lines = "".join(f"\n- {inline(line)}" for line in part_lines(part))
        parts.append(_("Graded by hand: {part}", part=inline(part_heading(part))) + lines)
    if result.not_run:
        left = inline(_("; ").join(map(translated, result.not_run)))
        parts.append(_("Left out: {left}", left=left))
    homeless = [one.name for one in summaries(result) if one.name not in set(homes)]
    told: set[FailureGroup] = set()
    for name in homeless:
        own = [one for one in findings(result) if name in one.functions]
        if not told.issuperset(own) or not own:
            parts.append(function_text(result, name))
        told.update(own)
    parts += [f"- {inline(warning)}" for warning in result.warnings]
    return "\n\n".join(parts)


def function_text(result: Result, function: str) -> str:
    """Return the Markdown on one function: its points, and each mistake once."""
    summary = next(one for one in summaries(result) if one.name == function)
    heading = _(
        "Feedback: {exercise}, {total}", exercise=inline(function), total=_points(result, summary)
    )
    parts = [f"**{heading}**"]
    if words := unwritten(summary):
        parts.append(inline(words))
    for finding in findings(result):
        if function == finding.functions[0]:
            parts += _finding(finding)
        elif function in finding.functions:
            parts.append(_told_above(finding))
    return "\n\n".join(parts)


def _total(result: Result) -> str:
    if result.status != "graded":
        return _("no score yet")
    score = score_text(result.score, result.max_score)
    waiting = waiting_text(len(result.to_grade))
    return _("{score} so far, {open_ends}", score=score, open_ends=waiting) if waiting else score


def _points(result: Result, summary: FunctionSummary) -> str:
    if result.status != "graded":
        return _("not graded")
    return score_text(summary.points, summary.max_points)


def _finding(finding: FailureGroup) -> list[str]:
    function = finding.functions[0]
    titles = [inline(check.title) for check in finding.checks if check.function == function]
    words = translated(OUTCOME_WORDS[finding.outcome])
    parts = [f"**{inline(finding.sentence)}**"] if finding.cause else []
    parts.append(
        "\n".join("- " + _("{title}: {outcome}", title=each, outcome=words) for each in titles)
    )
    parts += [_diagnosis(one) for one in finding.diagnoses]
    if finding.told.strip():
        parts.append(fenced(finding.told))
    label = _("Hint:")
    return parts + [f"*{label}* {inline(hint)}" for hint in finding.hints]


def _told_above(finding: FailureGroup) -> str:
    """Return in a line what is told in full at the first of the functions concerned."""
    told = finding.sentence or _("It {outcome}.", outcome=OUTCOME_WORDS[finding.outcome])
    where = inline(finding.functions[0])
    return _("{sentence} See {function}.", sentence=inline(told), function=where)


def _diagnosis(diagnosis: Diagnosis) -> str:
    return f"**{inline(mistake_title(diagnosis))}**\n\n{fenced(diagnosis.message)}"


class _CellMaker:
    """Makes Markdown cells in the format of a notebook."""

    def __init__(self, content: dict[str, Any]) -> None:
        minor = content.get("nbformat_minor")
        self._with_id = content.get("nbformat") == 4 and isinstance(minor, int) and minor >= 5

    def cell(self, function: str, text: str) -> dict[str, Any]:
        """Return a feedback cell; `function` names it, nothing the one on top."""
        cell: dict[str, Any] = {"cell_type": "markdown"}
        if self._with_id:
            cell["id"] = re.sub(r"[^a-zA-Z0-9_-]", "-", f"bpgrade-feedback-{function}")[:64]
        cell["metadata"] = {"bpgrade": {"feedback": True}, "editable": False}
        cell["source"] = text.splitlines(keepends=True)
        return cell


def _holders(content: dict[str, Any]) -> list[dict[str, Any]]:
    worksheets = content.get("worksheets")
    holders = (content, *(worksheets if isinstance(worksheets, list) else ()))
    return [one for one in holders if isinstance(one, dict) and isinstance(one.get("cells"), list)]


def _is_feedback(cell: Any) -> bool:
    metadata = cell.get("metadata") if isinstance(cell, dict) else None
    own = metadata.get("bpgrade") if isinstance(metadata, dict) else None
    return isinstance(own, dict) and own.get("feedback") is True


def _homes(holders: list[dict[str, Any]], functions: list[str]) -> dict[str, Any]:
    """Return for each function the last code cell that defines it, where there is one."""
    homes: dict[str, Any] = {}
    for holder in holders:
        for cell in holder["cells"]:
            source = source_of(cell)
            if source is None or cell["cell_type"] != "code":
                continue
            for name in functions:
                if re.search(rf"^(async +)?def +{re.escape(name)}\b", source, re.MULTILINE):
                    homes[name] = cell
    return homes
