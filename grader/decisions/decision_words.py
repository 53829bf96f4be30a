"""Decisions and grades in words, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from grader.decisions.decision import Decision
from grader.decisions.final_grade import FinalGrade
from grader.decisions.grades_file import NAME
from grader.decisions.points_and_deadlines import days_in, number_text, points_in
from grader.language import gettext_lazy as _
from grader.language import ngettext_lazy
from grader.report.arrangement import points_text, waiting_text
from grader.report.safe_text import visible

WORDS: Final = {
    "excused": _("excused"),
    "withheld": _("withheld"),
    "graded": _("graded"),
    "ungraded": _("ungraded"),
    "unreadable": _("unreadable"),
    "missing": _("missing"),
}
"""What a standing without a grade, or the status of a submission, is called."""


def told(one: Decision) -> str:
    """Return what was decided, in a line."""
    fields = {"place": place(one), "what": _what(one)}
    if one.reason:
        return _("{place}: {what}, because: {reason}", **fields, reason=_line(one.reason))
    return _("{place}: {what}", **fields)


def _what(one: Decision) -> str:
    value, check = _line(one.value), _line(one.check)
    match one.kind:
        case "score":
            return _("score {points}", points=value)
        case "points":
            return _("{points} points for {check}", points=value, check=check)
        case "graded":
            basis = one.basis.check if one.basis else None
            items = points_in(one.value) is None
            fields: dict[str, str] = {"part": check, "points": value}
            if items and basis is not None:
                fields["points"] = _("{items} ({points})", items=value, points=points_text(basis))
            if one.remark:
                return _("{part} graded: {points}, “{remark}”", **fields, remark=_line(one.remark))
            return _("{part} graded: {points}", **fields)
        case "comment":
            return _("comment “{comment}”", comment=value)
        case "extension":
            days = days_in(one.value)
            if days is None:
                return _("extended to {moment}", moment=value)
            return ngettext_lazy("{count} day more", "{count} days more", days)
        case "waiver":
            return _("no penalty for lateness")
        case "confirmed":
            return _("confirmed decision {number}", number=value)
        case "undo":
            return _("took back decision {number}", number=value)
        case _:
            return WORDS[one.kind]


def _line(text: str) -> str:
    return visible(text, lines=False)


def place(one: Decision) -> str:
    """Return whom and what a decision is about."""
    who = one.student if one.name in ("", one.student) else f"{one.name} ({one.student})"
    return _("{student}, {exercise}", student=_line(who), exercise=_line(one.exercise))


def called(grade: FinalGrade) -> str:
    """Return whose a grade is, and for what."""
    student = grade.student
    who = student.id if student.name in ("", student.id) else f"{student.name} ({student.id})"
    return _("{student}, {exercise}", student=_line(who), exercise=_line(grade.exercise))


def standing(grade: FinalGrade) -> str:
    """Return what counts: the points, or why there are none."""
    if grade.final is not None:
        return number_text(grade.final)
    if grade.standing == "pending":
        return _(
            "{points} so far, {waiting}",
            points=number_text(grade.so_far or 0.0),
            waiting=waiting_text(grade.to_grade),
        )
    return WORDS[grade.standing if grade.standing in WORDS else grade.status]


def edited_lines(out: Path, edited: Path) -> tuple[str, str]:
    """Return what to say of a grades.csv that somebody has edited, and what to do about it."""
    return (
        _(
            "{path} was edited; grades are not read from it, decisions go to `bpgrade decide`",
            path=out / NAME,
        ),
        _(
            "  -> bpgrade decide {out} --read {edited} --reason WHY takes in the scores changed"
            " there",
            out=out,
            edited=edited,
        ),
    )


def to_look_at(
    remarks: Iterable[tuple[FinalGrade, str]], nobody: Iterable[Decision]
) -> Iterator[str]:
    """Yield a line for each decision that the instructor should look at."""
    for grade, remark in remarks:
        yield _("{place}: {remark}", place=called(grade), remark=remark)
    for one in nobody:
        yield _(
            "decision {number} is about nobody in this batch: {decision}",
            number=one.number,
            decision=told(one),
        )


def for_student(grade: FinalGrade) -> tuple[str, ...]:
    """Return what a student is told of the decisions on their grade: never the reasons."""
    lines: list[str] = []
    if grade.standing == "withheld":
        lines.append(_("Your grade is withheld for now. Ask your instructor."))
    elif grade.standing == "excused":
        lines.append(_("You are excused: this exercise does not count for you."))
    elif "score" in grade.kinds and grade.final is not None:
        score = f"{number_text(grade.final)} / {number_text(grade.max_score)}"
        lines.append(_("Your instructor decided: {score} points count.", score=score))
    if grade.standing != "withheld":
        lines += [
            _(
                "Your instructor gave {points} points for {check}.",
                points=visible(one.value),
                check=visible(one.check),
            )
            for one in grade.decisions
            if one.kind == "points"
        ]
    if grade.comment:
        lines.append(_("Your instructor: {comment}", comment=visible(grade.comment)))
    return tuple(lines)
