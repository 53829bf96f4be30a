"""A result as a report in a terminal, or as plain text where there is none."""

from __future__ import annotations

from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from grader.language import gettext as _
from grader.language import translated
from grader.report.arrangement import (
    FailureGroup,
    FunctionState,
    FunctionSummary,
    file_of,
    findings,
    line_text,
    mistake_title,
    outcome_text,
    part_heading,
    part_lines,
    pointed,
    points_text,
    score_text,
    summaries,
    unwritten,
    waiting_text,
)
from grader.report.page import Page
from grader.result import Diagnosis, Outcome, Result

FINDING_STATES = {
    Outcome.GRADER_ERROR: FunctionState.UNGRADED,
    Outcome.BLOCKED: FunctionState.WAITING,
}
OUTPUT_ROWS = 20
FEEDBACK_ROWS = 30
LIST_ITEMS = 10
CAUSE_TITLES = 3


COLOURS = dict(zip(FunctionState, ("green", "red", "cyan", "cyan", "yellow"), strict=True))


def render(result: Result, console: Console) -> None:
    """Print the report of `result` on `console`."""
    page = Page(console)
    _header(page, result)
    _table(page, result)
    told: set[Diagnosis] = set()
    for finding in findings(result):
        _finding(page, result, finding, told)
    _unwritten(page, summaries(result))
    _by_hand(page, result)
    _output(page, result.output)
    _list(page, _("Warnings (no points lost)"), result.warnings)
    _list(page, _("Left out"), result.not_run)
    page.blank()
    _total(page, result)
    page.print()


def render_text(result: Result, width: int = 80, color: bool = False) -> str:
    """Return the report of `result` as text, with ANSI styles where `color` is true."""
    file = StringIO()
    console = Console(
        file=file,
        width=width,
        force_terminal=color,
        force_jupyter=False,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
    )
    render(result, console)
    return file.getvalue()


def _header(page: Page, result: Result) -> None:
    rule = page.glyphs.rule
    about = page.safe(_("{exercise} of {course}", exercise=result.exercise, course=result.course))
    room = page.width - cell_len(about) - 8
    below = ""
    if room < 12:
        about, below, room = "", about, page.width - 5
    name = page.safe(result.submission.name)
    name = page.fit(name, room) if cell_len(name) > room else name
    line = Text(f"{rule * 2} ", "cyan") + Text(name, "bold") + " "
    end = f" {about} {rule * 2}" if about else rule
    line.append(rule * (page.width - line.cell_len - cell_len(end)), "cyan")
    page.rows.append(line + Text(end, "cyan"))
    if below:
        page.write(Text(below, "dim"), " ")
    if result.status == "ungraded":
        page.write(
            Text(
                _(
                    "The grader failed. This is not your fault and does not count. "
                    "Check again; if it fails again, tell your instructor."
                ),
                "bold yellow",
            ),
            Text(" ! ", "bold yellow"),
        )


def _table(page: Page, result: Result) -> None:
    functions = summaries(result)
    names = max((cell_len(page.safe(one.name)) for one in functions), default=0)
    scores = [score_text(one.points, one.max_points) for one in functions]
    widest = max(map(len, scores), default=0)
    size = 20 if page.width >= 100 else 12 if page.width >= 60 else 6
    names = min(names, page.width // 3, page.width - size - widest - 7)
    for function, score in zip(functions, scores, strict=True):
        colour = COLOURS[function.state]
        row = Text(" ") + Text(page.glyphs.marks[function.state], f"bold {colour}") + " "
        row.append(page.fit(page.safe(function.name), names), "bold")
        if result.status == "graded":
            row.append("  ").append_text(_bar(page, function, size))
            row.append("  " + score.rjust(widest))
        room = page.width - row.cell_len - 2
        if function.remark and room >= 6:
            row.append("  " + page.fit(page.safe(function.remark), room), colour)
        page.rows.append(row)


def _bar(page: Page, function: FunctionSummary, size: int) -> Text:
    reached, most = function.points, function.max_points
    share = reached / most if reached < most else float(most > 0)
    full = int(size * share)
    if 0 < share < 1:
        full = min(max(full, 1), size - 1)
    colour = "green" if full == size else COLOURS[function.state]
    return Text.assemble(
        (page.glyphs.full * full, colour), (page.glyphs.empty * (size - full), "dim")
    )


def _finding(page: Page, result: Result, finding: FailureGroup, told: set[Diagnosis]) -> None:
    state = FINDING_STATES.get(finding.outcome, FunctionState.WRONG)
    titles = [page.safe(check.title) for check in finding.checks]
    whole = finding.outcome is not Outcome.FAILED and len(titles) == len(result.checks) > 1
    heading = Text(_(", ").join(map(page.safe, finding.functions)), "bold")
    if whole:
        heading = Text(_("None of the {count} checks could be made", count=len(titles)), "bold")
    elif len(titles) == 1 or finding.is_explained:
        heading.append(_(": ") + titles[0])
    page.blank()
    page.spread(
        Text(page.glyphs.marks[state] + " ", f"bold {COLOURS[state]}"),
        heading,
        Text(_cost(result, finding), COLOURS[state]),
    )
    if finding.cause:
        page.write(Text(page.safe(finding.sentence), "bold yellow"), "  ")
    if len(titles) > 1 and not whole and not finding.is_explained:
        _titles(page, titles, CAUSE_TITLES if finding.cause else len(titles))
    for diagnosis in finding.diagnoses:
        _diagnosis(page, diagnosis, told, file_of(diagnosis, result, finding.functions[0]))
    _feedback(page, finding)
    for hint in () if whole else finding.hints:
        page.write(
            Text(page.safe(hint, lines=True)), Text("  ") + Text(_("Hint: "), "bold cyan"), "  "
        )
    if len(titles) > 1 and finding.is_explained:
        page.write(Text(_("The same mistake shows in"), "dim"), "  ")
        _titles(page, titles[1:], len(titles))


def _titles(page: Page, titles: list[str], most: int) -> None:
    for title in titles[:most]:
        page.write(Text(title, "bold"), f"  {page.glyphs.item} ")
    if len(titles) > most:
        page.write(Text(_more(len(titles) - most), "dim"), "    ")


def _cost(result: Result, finding: FailureGroup) -> str:
    if result.status == "ungraded" or finding.lost <= 0:
        return ""
    points = points_text(finding.lost)
    if finding.outcome is Outcome.BLOCKED:
        return _("{points} waiting", points=points)
    return _("{points} lost", points=points)


def _more(count: int) -> str:
    return _("and {count} more", count=count)


def _diagnosis(page: Page, diagnosis: Diagnosis, told: set[Diagnosis], cell: str) -> None:
    bar = Text("  ") + Text(page.glyphs.bar + " ", "bold yellow")
    title = Text(page.safe(mistake_title(diagnosis)), "bold yellow")
    if diagnosis in told:
        page.write(title + Text(_(", as above"), "not bold dim"), bar, bar)
        return
    told.add(diagnosis)
    if diagnosis.line is not None:
        where = page.safe(line_text(diagnosis.line, cell))
        title.append(f"  {page.held(where)}", "not bold dim")
    page.write(title, bar, bar)
    for place in diagnosis.places:
        text, carets = pointed(place, page.width - bar.cell_len - 2)
        if text:
            page.rows.append(bar + Text(f"  {page.safe(text)}"))
            page.rows.append(bar + Text(f"  {carets}", "bold red"))
    page.write(Text(page.safe(diagnosis.message, lines=True)), bar, bar)


def _feedback(page: Page, finding: FailureGroup) -> None:
    feedback = finding.told
    if not feedback:
        if finding.outcome is Outcome.FAILED or finding.cause:
            return
        feedback = outcome_text(finding)
    most = FEEDBACK_ROWS * page.width
    rows = page.wrapped(Text(page.safe(feedback[:most], lines=True)), 2)
    page.rows.extend(Text("  ") + row for row in rows[:FEEDBACK_ROWS])
    if len(rows) > FEEDBACK_ROWS or len(feedback) > most:
        page.write(Text(page.glyphs.cut, "dim"), "  ")


def _unwritten(page: Page, functions: tuple[FunctionSummary, ...]) -> None:
    stubs = [(function.name, words) for function in functions if (words := unwritten(function))]
    if not stubs:
        return
    page.blank()
    mark = Text(page.glyphs.marks[FunctionState.UNWRITTEN] + " ", "bold cyan")
    for _name, words in stubs:
        page.write(Text(page.safe(words)), mark)
    if all(function.state is FunctionState.UNWRITTEN for function in functions):
        begin = page.safe(stubs[0][0])
        page.write(
            Text(
                _("A good start is {function}: write it, then check again.", function=begin), "dim"
            ),
            "  ",
        )


def _by_hand(page: Page, result: Result) -> None:
    if not result.by_hand:
        return
    page.blank()
    page.write(Text(_("Graded by hand"), "bold"))
    for part in result.by_hand:
        page.write(Text(page.safe(part_heading(part))), Text(f"  {page.glyphs.item} ", "cyan"))
        for line in part_lines(part):
            page.write(Text(page.safe(line, lines=True), "dim"), "    ")


def _output(page: Page, output: str) -> None:
    output = output.strip("\r\n")
    if not output.strip():
        return
    tail = output[-OUTPUT_ROWS * page.width :]
    rows = page.wrapped(Text(page.safe(tail, lines=True), "dim"), 4)
    cut = len(tail) < len(output) or len(rows) > OUTPUT_ROWS
    page.blank()
    title = _("Your code printed")
    if cut:
        title = _("Your code printed, the last {count} lines", count=OUTPUT_ROWS)
    page.write(Text(title, "bold"))
    quote = Text("  ") + Text(page.glyphs.quote + " ", "dim")
    page.rows.extend(quote + row for row in rows[-OUTPUT_ROWS:])


def _list(page: Page, title: str, items: tuple[str, ...]) -> None:
    if not items:
        return
    page.blank()
    page.write(Text(title, "bold"))
    for item in items[:LIST_ITEMS]:
        page.write(Text(page.safe(item)), Text(f"  {page.glyphs.item} ", "yellow"))
    if len(items) > LIST_ITEMS:
        page.write(Text(_more(len(items) - LIST_ITEMS), "dim"), "    ")


def _total(page: Page, result: Result) -> None:
    score = score_text(result.score, result.max_score)
    waiting = translated(waiting_text(len(result.to_grade)))
    if result.status == "ungraded":
        total = Text(_("No score: the grader failed"), "bold yellow")
    elif result.not_run:
        told = _("Not everything is counted yet: {score} so far", score=score)
        if waiting:
            told = _(
                "Not everything is counted yet: {score} so far; {waiting}",
                score=score,
                waiting=waiting,
            )
        total = Text(told, "bold yellow")
    elif waiting:
        total = Text(_("{score} so far; {waiting}", score=score, waiting=waiting), "bold yellow")
    elif result.full_marks:
        total = Text(score, "bold green") + Text("  " + _("everything is right"), "green")
    else:
        total = Text(score, "bold")
    page.write(total)
