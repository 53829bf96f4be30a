"""Decisions and grades in words, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.decisions.decision import Decision
from grader.decisions.final_grade import FinalGrade
from grader.decisions.grades_file import NAME
from grader.decisions.points_and_deadlines import number_text, points_in
from grader.report.arrangement import points_text, waiting_text
from grader.report.safe_text import visible


def told(one: Decision) -> str:
    """Return what was decided, in a line."""
    match one.kind:
        case "score":
            what = f"score {one.value}"
        case "points":
            what = f"{one.value} points for {one.check}"
        case "graded":
            basis = one.basis.check if one.basis else None
            items = points_in(one.value) is None
            points = f"{one.value} ({points_text(basis)})" if items and basis is not None else ""
            remark = f", “{one.remark}”" if one.remark else ""
            what = f"{one.check} graded: {points or one.value}{remark}"
        case "comment":
            what = f"comment “{one.value}”"
        case "extension":
            days = one.value.endswith(("day", "days"))
            what = f"{one.value} more" if days else f"extended to {one.value}"
        case "waiver":
            what = "no penalty for lateness"
        case "confirmed":
            what = f"confirmed decision {one.value}"
        case "undo":
            what = f"took back decision {one.value}"
        case _:
            what = one.kind
    reason = f", because: {one.reason}" if one.reason else ""
    return visible(f"{place(one)}: {what}{reason}", lines=False)


def place(one: Decision) -> str:
    """Return whom and what a decision is about."""
    who = one.student if one.name in ("", one.student) else f"{one.name} ({one.student})"
    return f"{who}, {one.exercise}"


def called(grade: FinalGrade) -> str:
    """Return whose a grade is, and for what."""
    student = grade.student
    who = student.id if student.name in ("", student.id) else f"{student.name} ({student.id})"
    return visible(f"{who}, {grade.exercise}", lines=False)


def standing(grade: FinalGrade) -> str:
    """Return what counts: the points, or why there are none."""
    if grade.final is not None:
        return number_text(grade.final)
    if grade.standing == "pending":
        return f"{number_text(grade.so_far or 0.0)} so far, {waiting_text(grade.to_grade)}"
    return {"excused": "excused", "withheld": "withheld"}.get(grade.standing, grade.status)


def edited_lines(out: Path, edited: Path) -> tuple[str, str]:
    """Return what to say of a grades.csv that somebody has edited, and what to do about it."""
    return (
        f"{out / NAME} was edited; grades are not read from it, decisions go to `bpgrade decide`",
        f"  -> bpgrade decide {out} --read {edited} --reason WHY takes in the scores changed there",
    )


def to_look_at(
    remarks: Iterable[tuple[FinalGrade, str]], nobody: Iterable[Decision]
) -> Iterator[str]:
    """Yield a line for each decision that the instructor should look at."""
    for grade, remark in remarks:
        yield f"{called(grade)}: {remark}"
    for one in nobody:
        yield f"decision {one.number} is about nobody in this batch: {told(one)}"


def for_student(grade: FinalGrade) -> tuple[str, ...]:
    """Return what a student is told of the decisions on their grade: never the reasons."""
    lines = []
    if grade.standing == "withheld":
        lines.append("Your grade is withheld for now. Ask your instructor.")
    elif grade.standing == "excused":
        lines.append("You are excused: this exercise does not count for you.")
    elif "score" in grade.kinds and grade.final is not None:
        score = f"{number_text(grade.final)} / {number_text(grade.max_score)}"
        lines.append(f"Your instructor decided: {score} points count.")
    if grade.standing != "withheld":
        lines += [
            f"Your instructor gave {one.value} points for {one.check}."
            for one in grade.decisions
            if one.kind == "points"
        ]
    if grade.comment:
        lines.append(f"Your instructor: {grade.comment}")
    return tuple(visible(line) for line in lines)
