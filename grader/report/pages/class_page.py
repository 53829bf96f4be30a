"""The page for who teaches: what to look at first, where points were lost, and by what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from grader.batch.records import LeftOver
from grader.report.arrangement import amount, score_text
from grader.report.pages import charts
from grader.report.pages.counting import CheckCount, ClassCount
from grader.report.pages.drawing import Drawing, bar
from grader.report.pages.environment import render
from grader.report.pages.rows import Mistake, Row

ROWS_AT_ONCE: Final = 500  # what a browser lays out in a moment; the others wait in the page
STANDINGS: Final = {
    "full": "full marks",
    "lost": "points lost",
    "ungraded": "not graded",
    "unreadable": "unreadable",
    "missing": "nothing submitted",
    "excused": "excused",
    "withheld": "withheld",
}
_SHOWN_CHECKS: Final = 15
_SHOWN_MISTAKES: Final = 60


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the table shows it."""

    row: Row
    standing: str
    score: str
    share: float
    bar: Markup
    mistakes: str
    titles: tuple[str, ...]
    late: str


def class_page(
    counted: ClassCount, course: str, left_over: Sequence[LeftOver], limit: int = ROWS_AT_ONCE
) -> str:
    """Return the class page; its links go to the students' pages."""
    keys = {one.mistake: f"m{number}" for number, one in enumerate(counted.mistakes)}
    titles = Counter((one.title, one.mistake.function) for one in counted.mistakes)
    shown = [_shown(row, keys) for row in counted.rows]
    return render(
        "class.html",
        course=course,
        counted=counted,
        numbers=_numbers(counted),
        charts=_charts(counted),
        checks=[(one, bar(one.share, "lost")) for one in counted.checks if one.lost > 0],
        shown_checks=_SHOWN_CHECKS,
        hardest=counted.hardest,
        hardest_told=_hardest(counted.hardest),
        mistakes=[
            (
                keys[one.mistake],
                one,
                bar(len(one.rows) / max(len(counted.rows), 1), "lost"),
                one.message if titles[one.title, one.mistake.function] > 1 else "",
            )
            for one in counted.mistakes[:_SHOWN_MISTAKES]
        ],
        more_mistakes=max(0, len(counted.mistakes) - _SHOWN_MISTAKES),
        standings=STANDINGS,
        left_over=left_over,
        several=len(counted.exercises) > 1,
        attempts=any(row.of > 1 for row in counted.rows),
        late=any(row.late for row in counted.rows),
        first=shown[:limit],
        more=shown[limit:],
        limit=limit,
    )


def _numbers(counted: ClassCount) -> list[tuple[str, str]]:
    graded = sum(len(one.scores) for one in counted.exercises)
    full = sum(one.full for one in counted.exercises)
    numbers = [
        ("students", f"{counted.students:,}"),
        ("graded submissions", f"{graded:,}"),
        ("with full marks", f"{full:,}"),
    ]
    if len(counted.exercises) == 1 and graded:
        only = counted.exercises[0]
        numbers.append(("median points", score_text(only.middle, only.max_score)))
    numbers += [
        (words, f"{number:,}")
        for words, number in (
            ("not graded", sum(one.without for one in counted.exercises)),
            ("not handed in", sum(one.missing for one in counted.exercises)),
            ("excused", sum(row.standing == "excused" for row in counted.rows)),
            ("withheld", sum(row.standing == "withheld" for row in counted.rows)),
        )
        if number
    ]
    return numbers


def _charts(counted: ClassCount) -> list[tuple[str, Drawing]]:
    """Return the charts with their titles."""
    several = len(counted.exercises) > 1
    found = [
        (one.name if several else "Points", charts.distribution(one, f"d{number}"))
        for number, one in enumerate(counted.exercises)
        if one.scores
    ]
    if any(one.number > 1 for one in counted.handings):
        found.append(("Attempts over time", charts.over_time(counted.handings, "t")))
        found.append(("Points by attempt", charts.by_attempt(counted.handings, "a")))
    return found


def _hardest(hardest: CheckCount | None) -> str:
    if hardest is None:
        return ""
    return (
        f"{hardest.failed} of {hardest.held} lost points on it, {100 * hardest.share:.0f} % in all"
    )


def _shown(row: Row, keys: dict[Mistake, str]) -> Shown:
    known = row.score is not None and row.max_score > 0
    share = (row.score or 0.0) / row.max_score if known else 0.0
    score = score_text(row.score, row.max_score) if row.score is not None else ""
    if row.final is not None and row.score is not None and row.final < row.score:
        score += f", {amount(row.final)} late"
    return Shown(
        row=row,
        standing=STANDINGS[row.standing],
        score=score,
        share=share,
        bar=bar(share, "full" if row.standing == "full" else "open") if known else Markup(""),
        mistakes=" ".join(keys[one] for one in row.mistakes),
        titles=tuple(dict.fromkeys(found.title for found in row.mistakes.values())),
        late="late" if row.late else "",
    )
