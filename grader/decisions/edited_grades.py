"""Scores that somebody has changed in grades.csv itself, read as decisions.

A line that bpgrade wrote agrees with itself: its final score is the decided one, else the automatic
one. So a changed line is known by itself, also where the batch has been rerun since.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Final

from grader.decisions.decision import Decision
from grader.decisions.final_grade import FinalGrade
from grader.decisions.points_and_deadlines import points_in
from grader.decisions.proposing import DecidedBatch
from grader.errors import UsageError
from grader.language import gettext_lazy as _
from grader.text.tables import TableLine, read_lines, refused

_MARKS: Final = frozenset({"student_id", "exercise", "automatic_score", "final_score"})
_PUT_IT_THERE: Final = _("put the grade that should count into final_score")
_CLOSE: Final = 1e-6  # what a spreadsheet rounds when it saves


def is_grades_table(titles: Collection[str]) -> bool:
    """Whether a table with these titles is a grades.csv."""
    return _MARKS.issubset(titles)


def read_changed_scores(
    path: Path, batch: DecidedBatch, *, by: str, reason: str
) -> tuple[Decision, ...]:
    """Return a decision for each line whose score was changed.

    A reason in a line that had none goes before `reason`.

    Raises
    ------
    UsageError
        It cannot be read, or some lines do not hold; each is named.
    """
    lines = read_lines(path, _("name a grades.csv that bpgrade has written"))[1]
    found: list[Decision] = []
    problems: list[tuple[int, str]] = []
    for line in lines:
        try:
            score = _changed(line, batch)
            if score:
                found.append(batch.checked(_decision(line, score, batch, by, reason)))
        except UsageError as error:
            problems.append((line.number, error.in_one_line))
    if problems:
        raise refused(path, problems)
    return tuple(found)


def _decision(line: TableLine, score: str, batch: DecidedBatch, by: str, reason: str) -> Decision:
    student, exercise = line["student_id"], line["exercise"]
    grade = batch.grades.get((batch.student(student), exercise))
    own = line["reason"] if line["reason"] != (grade.reason if grade else "") else ""
    return Decision("score", student, exercise, score, reason=own or reason, by=by)


def _changed(line: TableLine, batch: DecidedBatch) -> str:
    """Return the score that a line was changed to; nothing where it was not.

    Raises
    ------
    UsageError
        It was changed where bpgrade says what was, and not what should be.
    """
    final, decided, automatic = (
        _points(line, title) for title in ("final_score", "decided_score", "automatic_score")
    )
    expected = automatic if decided is None else decided
    if decided is None and _is_inconsistent(line, automatic):
        raise UsageError(
            _("its score, penalty_percent or automatic_score was changed"), _PUT_IT_THERE
        )
    if _equal(final, expected) or _has_no_grade(line, final):
        return ""
    grade = batch.grades.get((batch.student(line["student_id"]), line["exercise"]))
    if grade is not None and _equal(final, grade.final):
        if decided is not None and not _was_decided(decided, grade, batch):
            raise UsageError(_("its decided_score was changed"), _PUT_IT_THERE)
        return ""  # taken in already
    if final is None:
        raise UsageError(
            _("its final_score was emptied"),
            _("`bpgrade decide` says why there is no grade: --excuse or --withhold"),
        )
    return line["final_score"]


def _was_decided(points: float, grade: FinalGrade, batch: DecidedBatch) -> bool:
    """Whether bpgrade may have written that as the decided score, now or earlier."""
    earlier = (
        one.points
        for one in batch.decisions
        if one.kind == "score" and (one.student, one.exercise) == (grade.student.id, grade.exercise)
    )
    return any(_equal(points, one) for one in (grade.decided, *earlier))


def _has_no_grade(line: TableLine, final: float | None) -> bool:
    kinds = line["decision"].split(", ")
    waits = line["to_grade"] not in ("", "0")
    return final is None and (waits or "excused" in kinds or "withheld" in kinds)


def _is_inconsistent(line: TableLine, automatic: float | None) -> bool:
    score, percent = _points(line, "score"), _points(line, "penalty_percent")
    decided = line["decision"]
    if score is None or "points" in decided or "graded" in decided:
        return score is None and automatic is not None
    return not _equal(automatic, round(score * (1 - (percent or 0.0) / 100), 9))


def _points(line: TableLine, title: str) -> float | None:
    if not line[title]:
        return None
    points = points_in(line[title])
    if points is None:
        raise UsageError(
            _("{title} is {text!r}", title=title, text=line[title]),
            _("write a number, like 6 or 6.5"),
        )
    return points


def _equal(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) < _CLOSE
