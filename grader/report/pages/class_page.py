"""The page for who teaches: what to teach again, who needs a word, where points were lost."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from grader.batch.records import LeftOver
from grader.language import current_language, translated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.arrangement import amount, score_text
from grader.report.pages import charts, code
from grader.report.pages.counting import ClassCount, MistakeCount, Total
from grader.report.pages.drawing import Drawing, bar
from grader.report.pages.environment import render
from grader.report.pages.recurring import Recurring
from grader.report.pages.rows import Mistake, Row
from grader.report.pages.similar_page import ShownGroup
from grader.report.pages.texts import name_shown
from grader.report.pages.trouble import TroubleKind
from grader.report.pages.words import Words, changed

ROWS_AT_ONCE: Final = 500  # what a browser lays out in a moment; the others wait in the page
STANDINGS: Final = {
    "full": _("full marks"),
    "lost": _("points lost"),
    "pending": _("to be graded by hand"),
    "ungraded": _("not graded"),
    "unreadable": _("unreadable"),
    "missing": _("nothing submitted"),
    "excused": _("excused"),
    "withheld": _("withheld"),
}
TROUBLES: Final[dict[TroubleKind, str]] = {
    "not_started": _("not started"),
    "unloadable": _("file can't be read"),
    "loops": _("loops"),
    "crashes": _("crashes"),
}
_LATE: Final = _("late")
_SHOWN_CHECKS: Final = 15
_SHOWN_MISTAKES: Final = 60
_RETAUGHT: Final = 3


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the table shows it; `searched` are the mistakes in all languages of the page."""

    row: Row
    person: int
    statuses: str
    standing: str
    score: str
    share: float
    bar: Markup
    mistakes: str
    titles: tuple[str, ...]
    searched: tuple[str, ...]
    late: str


@dataclass(frozen=True, slots=True)
class ShownMistake:
    """A mistake as the tables and the filter show it; `key` is what the address calls it by."""

    key: str
    count: MistakeCount
    bar: Markup
    message: Words | str
    lines: tuple[code.CodeLine, ...]


@dataclass(frozen=True, slots=True)
class TroubleGroup:
    """People who are told apart from those that are wrong: what they have in common, and who.

    `filter` is what the address of their rows in the table says.
    """

    title: str
    rows: tuple[Row, ...]
    filter: str


@dataclass(frozen=True, slots=True)
class GradeCell:
    """A student's grade for an exercise: what to write, and in which colour."""

    text: str
    standing: str
    key: float


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A student's grades in a line, and their sum."""

    total: Total
    cells: tuple[GradeCell, ...]
    sum: str


def class_page(
    counted: ClassCount,
    course: str,
    left_over: Sequence[LeftOver],
    limit: int = ROWS_AT_ONCE,
    *,
    alike: Sequence[ShownGroup] = (),
    similar: bool = True,
    repairs: Sequence[Recurring] = (),
    languages: Sequence[str] = (),
    live: bool = False,
) -> str:
    """Return the class page; its links go to the students' pages.

    `alike` are submissions that are; `similar` says whether anything is told of such. `repairs` are
    those that recur, and `languages` those of the page, the first shown first. `live` is for a
    server, which shows it in a frame: its links lead out of that, and it names no commands.
    """
    languages = tuple(languages) or (current_language(),)
    keys = {one.mistake: _key(one.mistake) for one in counted.mistakes}
    people = {
        (one.student.id, one.student.name): number for number, one in enumerate(counted.totals)
    }
    shown = [_shown(row, people, keys, languages) for row in counted.rows]
    several = len(counted.exercises) > 1
    titles = Counter((one.title, one.mistake.function) for one in counted.mistakes)
    matrix = [_matrix_row(one, counted) for one in counted.totals] if several else []
    return render(
        "class.html",
        languages,
        course=course,
        counted=counted,
        numbers=_numbers(counted),
        charts=_charts(counted),
        reteach=[_mistake(one, keys, titles) for one in counted.costliest[:_RETAUGHT]],
        groups=_groups(counted),
        alike=alike,
        repairs=repairs,
        wrong_alike=counted.groups if similar else (),
        checks=[(one, bar(one.share, "lost")) for one in counted.checks if one.lost > 0],
        shown_checks=_SHOWN_CHECKS,
        hardest=counted.hardest,
        mistakes=[_mistake(one, keys, titles) for one in counted.mistakes[:_SHOWN_MISTAKES]],
        more_mistakes=max(0, len(counted.mistakes) - _SHOWN_MISTAKES),
        standings=STANDINGS | TROUBLES,
        troubles=TROUBLES,
        left_over=left_over,
        several=several,
        attempts=any(row.of > 1 for row in counted.rows),
        late=any(row.late for row in counted.rows),
        first=shown[:limit],
        more=shown[limit:],
        matrix=matrix[:limit],
        more_matrix=matrix[limit:],
        limit=limit,
        live=live,
    )


def _key(mistake: Mistake) -> str:
    """Return what the address calls a mistake: the same in every run, so that links last."""
    text = "\0".join((mistake.exercise, mistake.function, mistake.id))
    return "m" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:10]


def _mistake(
    one: MistakeCount, keys: dict[Mistake, str], titles: Counter[tuple[str, str]]
) -> ShownMistake:
    made = one.example
    told_apart = titles[one.title, one.mistake.function] > 1
    return ShownMistake(
        key=keys[one.mistake],
        count=one,
        bar=bar(one.share, "lost"),
        message=changed(one.example.diagnosis.message, _first_sentence) if told_apart else "",
        lines=code.lines(made.excerpt, (made.diagnosis,)) if made.excerpt else (),
    )


def _first_sentence(text: str) -> str:
    return text[:200].partition(". ")[0].partition("。")[0]


def _groups(counted: ClassCount) -> list[TroubleGroup]:
    """Return who needs a word rather than a lesson, without the empty groups."""
    unread = (*counted.standing("unreadable"), *counted.in_trouble("unloadable"))
    groups = (
        TroubleGroup(_("Nothing handed in"), counted.standing("missing"), "status=missing"),
        TroubleGroup(
            _("Not started: still the stub"),
            counted.in_trouble("not_started"),
            "status=not_started",
        ),
        TroubleGroup(_("The file can't be read"), unread, "status=unloadable"),
        TroubleGroup(_("The code loops"), counted.in_trouble("loops"), "status=loops"),
        TroubleGroup(_("The code crashes"), counted.in_trouble("crashes"), "status=crashes"),
    )
    return [one for one in groups if one.rows]


def _numbers(counted: ClassCount) -> list[tuple[str, str]]:
    graded = sum(len(one.scores) for one in counted.exercises)
    full = sum(one.full for one in counted.exercises)
    several = len(counted.exercises) > 1
    numbers = [(_("students"), counted.students)]
    if several:
        numbers.append((_("exercises"), len(counted.exercises)))
    numbers += [
        (_("grades"), graded),
        (_("grades with full marks") if several else _("full marks"), full),
    ]
    found: list[tuple[str, str]] = [(words, f"{number:,}") for words, number in numbers]
    if graded and not several:
        only = counted.exercises[0]
        found.append((_("median points"), score_text(only.middle, only.max_score)))
    found += [
        (words, f"{number:,}")
        for words, number in (
            (_("handed in, no grade"), sum(one.without for one in counted.exercises)),
            (_("students with nothing handed in"), counted.absent),
            (_("to be graded by hand"), len(counted.standing("pending"))),
            (_("excused"), len(counted.standing("excused"))),
            (_("withheld"), len(counted.standing("withheld"))),
        )
        if number
    ]
    return found


def _charts(counted: ClassCount) -> list[tuple[str, Drawing]]:
    """Return the charts with their titles."""
    several = len(counted.exercises) > 1
    found: list[tuple[str, Drawing]] = [
        (name_shown(one.name) if several else _("Points"), charts.distribution(one, f"d{number}"))
        for number, one in enumerate(counted.exercises)
        if one.scores
    ]
    if any(one.number > 1 for one in counted.handings):
        found.append((_("Attempts over time"), charts.over_time(counted.handings, "t")))
        found.append((_("Points by attempt"), charts.by_attempt(counted.handings, "a")))
    return found


def _shown(
    row: Row,
    people: dict[tuple[str, str], int],
    keys: dict[Mistake, str],
    languages: Sequence[str],
) -> Shown:
    known = row.score is not None and row.max_score > 0
    titles = tuple(dict.fromkeys(made.diagnosis.title for made in row.mistakes.values()))
    share = (row.score or 0.0) / row.max_score if known else 0.0
    score = score_text(row.score, row.max_score) if row.score is not None else ""
    if row.final is not None and row.score is not None and row.final < row.score:
        score = _("{score}, {points} late", score=score, points=amount(row.final))
    return Shown(
        row=row,
        person=people[row.student.id, row.student.name],
        statuses=" ".join(_statuses(row)),
        standing=_standing(row),
        score=score,
        share=share,
        bar=bar(share, "full" if row.standing == "full" else "open") if known else Markup(""),
        mistakes=" ".join(keys[one] for one in row.mistakes),
        titles=titles,
        searched=tuple({translated(one, each): 0 for one in titles for each in languages}),
        late=_LATE if row.late else "",
    )


def _statuses(row: Row) -> list[str]:
    """Return all that the filter finds a row by; an unreadable file is found with the others."""
    found: list[str] = [row.standing]
    if row.trouble:
        found.append(row.trouble.kind)
    if row.standing == "unreadable":
        found.append("unloadable")
    return found


def _matrix_row(total: Total, counted: ClassCount) -> MatrixRow:
    cells = tuple(_cell(total.rows.get(one.name)) for one in counted.exercises)
    points = f"{amount(total.points)} / {amount(total.of)}"
    return MatrixRow(total, cells, _("{points}, open", points=points) if total.is_open else points)


def _standing(row: Row) -> str:
    words = TROUBLES[row.trouble.kind] if row.trouble else ""
    if row.standing == "pending" and words:
        return _("{trouble}, {standing}", trouble=words, standing=STANDINGS[row.standing])
    return words or STANDINGS[row.standing]


def _cell(row: Row | None) -> GradeCell:
    if row is None:
        return GradeCell("", "none", -1.0)
    if row.final is not None:
        return GradeCell(amount(row.final), row.standing, row.final)
    words = "–" if row.standing == "missing" else STANDINGS[row.standing]
    return GradeCell(words, row.standing, -1.0)
