"""The page that a student gets: the score, what is wrong where in their own lines, and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar, Final

from markupsafe import Markup

from grader.decisions.final_grade import Standing
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.arrangement import (
    OUTCOME_WORDS,
    FailureGroup,
    FunctionState,
    FunctionSummary,
    findings,
    score_text,
    summaries,
    unwritten,
    waiting_text,
)
from grader.report.pages import code
from grader.report.pages.drawing import Drawing, bar
from grader.report.pages.environment import render
from grader.report.pages.words import Words
from grader.result import Diagnosis, Outcome, Picture, Result
from grader.result.places import place_in_words

MARKS: Final = {
    FunctionState.RIGHT: ("✓", _("right")),
    FunctionState.WRONG: ("✗", _("not right yet")),
    FunctionState.UNWRITTEN: ("○", _("not written yet")),
    FunctionState.WAITING: ("…", _("waits for another function")),
    FunctionState.UNGRADED: ("!", _("not graded")),
}
_MOST_PICTURES: Final = 10
_GRADER_FAILED: Final = _(
    "The grader failed here. This is not your fault, and costs you no points."
)

Draw = Callable[[Result], Drawing | None]


@dataclass(frozen=True, slots=True)
class Try:
    """One of several attempts, in a line."""

    number: int
    submitted: datetime | None
    score: str
    counts: bool


@dataclass(frozen=True, slots=True)
class Work:
    """What a student handed in for one exercise.

    Attributes
    ----------
    result : Result or None
        The one that counts; None where the file could not be read.
    lateness : str
        What lateness took off, in words; empty where it took nothing.
    final_score : float or None
        What is left of the score; None where lateness took nothing.
    tries : sequence of Try
        All attempts, where there were several.
    note : str
        How the file was chosen among several; empty where there was only one.
    max_score : float
    standing : {"counts", "none", "pending", "excused", "withheld"}
        Whether there is a grade, and if not, why.
    handed_in : bool
        Whether there is a submission, though its result may not be shown.
    told : sequence of str
        What was decided, in words for the student.
    is_decided : bool
        Whether `final_score` is what the instructor decided, and not what lateness has left.
    """

    exercise: str
    result: Result | None
    lateness: str = ""
    final_score: float | None = None
    tries: Sequence[Try] = ()
    note: str = ""
    max_score: float = 0.0
    standing: Standing = "counts"
    handed_in: bool = True
    told: Sequence[str] = ()
    is_decided: bool = False


@dataclass(frozen=True, slots=True)
class FunctionPart:
    """One function's part of the page."""

    is_shared: ClassVar[bool] = False

    anchor: str
    summary: FunctionSummary
    mark: str
    state: str
    bar: Markup
    remark: str
    place: str
    lines: tuple[code.CodeLine, ...]
    found: tuple[FindingPart, ...]
    passed: tuple[str, ...]
    pictures: tuple[Picture, ...]

    @property
    def is_told(self) -> bool:
        """Whether there is more to say than that it is right, or not written."""
        return bool(self.found or self.lines or self.pictures)


@dataclass(frozen=True, slots=True)
class FindingPart:
    """A finding, its mistakes told here where they stand at no line above."""

    is_shared: ClassVar[bool] = True

    finding: FailureGroup
    words: str
    feedback: Words | str
    diagnoses: tuple[Diagnosis, ...]
    waiting: bool


@dataclass(frozen=True, slots=True)
class WorkPart:
    """One exercise's part of the page; `told` are the sections, the first wrong step first."""

    work: Work
    anchor: str
    total: str
    total_state: str
    functions: tuple[FunctionPart, ...]
    told: tuple[FunctionPart | FindingPart, ...]
    drawing: Drawing | None


def student_page(
    works: Sequence[Work],
    *,
    name: str,
    identity: str = "",
    draw: Draw = lambda _result: None,
    steps: bool = False,
    languages: Sequence[str] = (),
) -> str:
    """Return a student's page.

    Parameters
    ----------
    works : sequence of Work
        One for each exercise.
    name : str
        Whose it is, or the name of the file.
    identity : str
        The student's id, where it says more than the name.
    draw : callable
        The course's drawing of a result, None where it has none.
    steps : bool
        Whether it lies beside the class page, and leads there and to the pages before and after.
        Whose these are only the class page knows: a student's page names nobody else.
    languages : sequence of str
        Those of the page, the first shown first; the reader's unless given.
    """
    parts = [_part(work, f"e{number}", draw) for number, work in enumerate(works, start=1)]
    courses = {work.result.course for work in works if work.result}
    return render(
        "student.html",
        languages,
        name=name,
        identity=identity if identity != name else "",
        course=", ".join(sorted(courses)),
        parts=parts,
        steps=steps,
    )


def _part(work: Work, anchor: str, draw: Draw) -> WorkPart:
    result = work.result
    if result is None:
        return WorkPart(work, anchor, *_without_result(work), (), (), None)
    found = findings(result)
    functions = tuple(
        _function(result, summary, found, f"{anchor}-{number}")
        for number, summary in enumerate(summaries(result), start=1)
    )
    total = _decided_total(work) or _total(result)
    return WorkPart(work, anchor, *total, functions, _told(functions, found), draw(result))


def _told(
    functions: Sequence[FunctionPart], found: Sequence[FailureGroup]
) -> tuple[FunctionPart | FindingPart, ...]:
    """Return a section for each function, and for what concerns several, in order of reading."""
    waiting = {part.summary.name: part for part in functions if part.is_told}
    sections: list[FunctionPart | FindingPart] = []
    for finding in found:
        if len(finding.functions) > 1:
            sections.append(_finding(finding, finding.diagnoses))
        elif finding.functions[0] in waiting:
            sections.append(waiting.pop(finding.functions[0]))
    return (*sections, *waiting.values())


def _decided_total(work: Work) -> tuple[str, str] | None:
    """Return what was decided as `_total` does; None where nothing was."""
    if work.standing == "excused":
        return _("Excused"), "partly"
    if work.is_decided and work.final_score is not None:
        full = work.final_score >= work.max_score
        return score_text(work.final_score, work.max_score), "right" if full else "partly"
    return None


def _without_result(work: Work) -> tuple[str, str]:
    if work.standing == "withheld":
        return _("The grade is withheld"), "ungraded"
    if decided := _decided_total(work):
        return decided
    if work.final_score is not None:
        return score_text(work.final_score, work.max_score), "partly"
    if not work.handed_in:
        return _("Nothing was handed in"), "ungraded"
    return _("Not graded: the file could not be read"), "ungraded"


def _total(result: Result) -> tuple[str, str]:
    """Return the score in words, and which of the page's colours it has."""
    if result.status != "graded":
        return _("No score yet: the grader failed"), "ungraded"
    score = score_text(result.score, result.max_score)
    if waiting := waiting_text(len(result.to_grade)):
        return _("{score} so far, {waiting}", score=score, waiting=waiting), "partly"
    if result.not_run:
        return _("{score} so far", score=score), "partly"
    return score, "right" if result.full_marks else "partly"


def _function(
    result: Result, summary: FunctionSummary, found: Sequence[FailureGroup], anchor: str
) -> FunctionPart:
    own = [each for each in found if each.functions == (summary.name,)]
    named = tuple(dict.fromkeys(one for each in own for one in each.diagnoses))
    listing = next((each for each in result.listings if each.function == summary.name), None)
    lines = code.lines(listing, named) if listing is not None and own else ()
    at_lines = code.told(lines)
    mark, words = MARKS[summary.state]
    share = summary.points / summary.max_points if summary.max_points else 0.0
    return FunctionPart(
        anchor=anchor,
        summary=summary,
        mark=mark,
        state=words,
        bar=bar(share, "full" if summary.state is FunctionState.RIGHT else "open"),
        remark=summary.remark or unwritten(summary),
        place=place_in_words(listing.place) if listing is not None else "",
        lines=lines,
        found=tuple(
            _finding(each, [one for one in each.diagnoses if one not in at_lines]) for each in own
        ),
        passed=tuple(one.title for one in summary.checks if one.outcome is Outcome.PASSED),
        pictures=tuple(each for one in summary.checks for each in one.pictures)[:_MOST_PICTURES],
    )


def _finding(finding: FailureGroup, diagnoses: Sequence[Diagnosis]) -> FindingPart:
    failed = finding.outcome is Outcome.GRADER_ERROR  # what a check says then is not for students
    return FindingPart(
        finding=finding,
        words=OUTCOME_WORDS[finding.outcome],
        feedback=_GRADER_FAILED if failed else finding.told and Words(lambda: finding.told),
        diagnoses=tuple(diagnoses),
        waiting=finding.outcome is Outcome.BLOCKED,
    )
