"""What has changed under a decision since it was made: it holds, until the instructor looks."""

from __future__ import annotations

from grader.decisions.decision import Decision
from grader.decisions.decision_words import WORDS
from grader.decisions.final_grade import FinalGrade
from grader.decisions.parts import rubric_digest
from grader.decisions.points_and_deadlines import number_text
from grader.language import Message
from grader.language import gettext_lazy as _
from grader.report.arrangement import points_text

# a text to be put behind the `{line}` so far, with what else fills its fields
_Change = tuple[Message, dict[str, object]]


def remarks(grade: FinalGrade) -> tuple[str, ...]:
    """Return a line for each decision on a grade that something has changed under."""
    found = ((one, _changes(one, grade)) for one in grade.decisions if one.basis)
    return tuple(_line(_decided(one, grade), changes) for one, changes in found if changes)


def _line(decided: str, changes: list[_Change]) -> str:
    line = decided
    for text, fields in changes:
        line = text.format(line=line, **fields)
    return line


def _changes(one: Decision, grade: FinalGrade) -> list[_Change]:
    before, now = one.basis, grade.basis
    assert before is not None
    if one.kind == "graded":
        return _of_part(one, grade)
    changes: list[_Change] = []
    if one.kind in ("score", "points"):
        changes += _of_grade(one, grade)
    if before.submission != now.submission:
        if not before.submission:
            changes.append((_("{line}; something was handed in since"), {}))
        elif not now.submission:
            changes.append((_("{line}; its submission is gone, or cannot be read"), {}))
        else:
            changes.append((_("{line}; another submission counts since"), {}))
    checked = bool(now.submission) and one.kind in ("score", "points")
    if checked and before.checks != now.checks:
        changes.append((_("{line}; its checks have changed since"), {}))
    return changes


def _of_part(one: Decision, grade: FinalGrade) -> list[_Change]:
    """Return what has changed under what a person graded: the answer, or the rubric."""
    before = one.basis
    assert before is not None
    part = next((each for each in grade.parts if each.part.id == one.check), None)
    if part is None:
        gone = _("{line}; that part is gone, and counts no more")
        return [(gone, {})] if before.checks else []
    changes: list[_Change] = []
    if part.points is not None and before.check not in (None, part.points):
        was = number_text(before.check or 0.0)
        text = _("{line}, which is now {points} ({was} when graded)")
        changes.append((text, {"points": points_text(part.points), "was": was}))
    elif before.checks != rubric_digest(part.part):
        changes.append((_("{line}; its rubric has changed since"), {}))
    now = grade.attempt.answers.get(one.check, "") if grade.attempt else ""
    if now != before.answer:
        other, gone = _("{line}; decided on another answer"), _("{line}; its answer is gone")
        changes.append((other if now else gone, {}))
    return changes


def _of_grade(one: Decision, grade: FinalGrade) -> list[_Change]:
    before, now = one.basis, grade.basis
    assert before is not None
    changes: list[_Change] = []
    if (before.automatic, before.max_score) != (now.automatic, now.max_score):
        got = _score(now.automatic)
        if before.max_score != now.max_score:
            got = _("{points} of {most}", points=got, most=number_text(now.max_score))
        text = _("{line}, would now get {points} ({was} when it was decided)")
        changes.append((text, {"points": got, "was": _score(before.automatic)}))
    if one.kind == "points":
        checks = grade.attempt.checks if grade.attempt else {}
        if one.check not in checks and before.checks != now.checks:
            text = _("{line}; that check is gone, and what it made up for still counts")
            changes.append((text, {}))
        elif one.check in checks and before.check not in (None, checks[one.check][0]):
            text = _("{line}; that check would now get {points}")
            changes.append((text, {"points": number_text(checks[one.check][0])}))
    return changes


def _decided(one: Decision, grade: FinalGrade) -> str:
    match one.kind:
        case "score":
            most = one.basis.max_score if one.basis else grade.max_score
            return _("decided at {points} of {most}", points=one.value, most=number_text(most))
        case "points":
            return _("{check} decided at {points} points", check=one.check, points=one.value)
        case "graded":
            return _("{part} graded: {points}", part=one.check, points=one.value)
        case "comment":
            return _("commented on")
        case _:
            return WORDS[one.kind]


def _score(points: float | None) -> str:
    return _("no grade") if points is None else number_text(points)
