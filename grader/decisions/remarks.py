"""What has changed under a decision since it was made: it holds, until the instructor looks."""

from __future__ import annotations

from grader.decisions.decision import Decision
from grader.decisions.final_grade import FinalGrade
from grader.decisions.parts import rubric_digest
from grader.decisions.points_and_deadlines import number_text
from grader.report.arrangement import points_text


def remarks(grade: FinalGrade) -> tuple[str, ...]:
    """Return a line for each decision on a grade that something has changed under."""
    found = ((one, _changes(one, grade)) for one in grade.decisions if one.basis)
    return tuple(f"{_decided(one, grade)}{''.join(changes)}" for one, changes in found if changes)


def _changes(one: Decision, grade: FinalGrade) -> list[str]:
    before, now = one.basis, grade.basis
    assert before is not None
    if one.kind == "graded":
        return _of_part(one, grade)
    changes = []
    if one.kind in ("score", "points"):
        changes += _of_grade(one, grade)
    if before.submission != now.submission:
        if not before.submission:
            changes.append("; something was handed in since")
        elif not now.submission:
            changes.append("; its submission is gone, or cannot be read")
        else:
            changes.append("; another submission counts since")
    checked = bool(now.submission) and one.kind in ("score", "points")
    if checked and before.checks != now.checks:
        changes.append("; its checks have changed since")
    return changes


def _of_part(one: Decision, grade: FinalGrade) -> list[str]:
    """Return what has changed under what a person graded: the answer, or the rubric."""
    before = one.basis
    assert before is not None
    part = next((each for each in grade.parts if each.part.id == one.check), None)
    if part is None:
        return ["; that part is gone, and counts no more"] if before.checks else []
    changes = []
    if part.points is not None and before.check not in (None, part.points):
        was = number_text(before.check or 0.0)
        changes.append(f", which is now {points_text(part.points)} ({was} when graded)")
    elif before.checks != rubric_digest(part.part):
        changes.append("; its rubric has changed since")
    now = grade.attempt.answers.get(one.check, "") if grade.attempt else ""
    if now != before.answer:
        changes.append("; decided on another answer" if now else "; its answer is gone")
    return changes


def _of_grade(one: Decision, grade: FinalGrade) -> list[str]:
    before, now = one.basis, grade.basis
    assert before is not None
    changes = []
    if (before.automatic, before.max_score) != (now.automatic, now.max_score):
        got = _score(now.automatic)
        if before.max_score != now.max_score:
            got += f" of {number_text(now.max_score)}"
        changes.append(f", would now get {got} ({_score(before.automatic)} when it was decided)")
    if one.kind == "points":
        checks = grade.attempt.checks if grade.attempt else {}
        if one.check not in checks and before.checks != now.checks:
            changes.append("; that check is gone, and what it made up for still counts")
        elif one.check in checks and before.check not in (None, checks[one.check][0]):
            changes.append(f"; that check would now get {number_text(checks[one.check][0])}")
    return changes


def _decided(one: Decision, grade: FinalGrade) -> str:
    match one.kind:
        case "score":
            most = one.basis.max_score if one.basis else grade.max_score
            return f"decided at {one.value} of {number_text(most)}"
        case "points":
            return f"{one.check} decided at {one.value} points"
        case "graded":
            return f"{one.check} graded: {one.value}"
        case "comment":
            return "commented on"
        case _:
            return one.kind


def _score(points: float | None) -> str:
    return "no grade" if points is None else number_text(points)
