"""Holding what somebody wants to decide against the batch: is it whose, and can it be so?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from grader.course.by_hand import Part
from grader.course.naming import nearest
from grader.decisions.decision import ALL, Basis, Decision, in_force, taken_back
from grader.decisions.final_grade import FinalGrade
from grader.decisions.parts import (
    part_points,
    part_value,
    rubric_digest,
    too_many_points,
    with_guess,
)
from grader.decisions.points_and_deadlines import deadline_text, extended, number_text, points_in
from grader.decisions.results import BatchResults
from grader.errors import UsageError
from grader.grading.file_names import folded
from grader.language import enumerated, listed
from grader.language import gettext_lazy as _

FOR_MANY: Final = frozenset({"extension", "waiver", "excused", "withheld"})
_NEEDS_REASON: Final = frozenset({"score", "points", "extension", "waiver", "excused", "withheld"})
_LONGEST: Final = 20_000
_SPOKEN: Final = {
    "points": _("points for a check"),
    "score": _("a score"),
    "comment": _("a comment"),
    "graded": _("what a part gets"),
}
_SCORE_IT: Final = _("decide a score")


class DecidedBatch:
    """A batch with the decisions on it so far: says what a new decision would rest on.

    Attributes
    ----------
    grades : mapping of (str, str) to FinalGrade
        By student id and exercise.
    """

    def __init__(self, results: BatchResults, decisions: Sequence[Decision]) -> None:
        self.results = results
        self.decisions = tuple(decisions)
        self.held = in_force(self.decisions)
        self.grades: Mapping[tuple[str, str], FinalGrade] = {
            (one.student.id, one.exercise): one for one in results.grades(decisions)
        }
        self._names: dict[str, set[str]] = defaultdict(set)
        for one in results.handed_in:
            self._names[one.student.id].add(one.student.name)

    def checked(self, wanted: Decision) -> Decision:
        """Return a decision as it can be recorded.

        Raises
        ------
        UsageError
            Whom or what it is about is not there, or it cannot be so.
        """
        student = self.student(wanted.student)
        exercise = self.exercise(wanted.exercise)
        if ALL in (student, exercise) and wanted.kind not in FOR_MANY:
            raise UsageError(
                _("{decision} is for one student and one exercise", decision=_spoken(wanted)),
                _("name both; an extension, a waiver, excused and withheld may be for all"),
            )
        if wanted.kind in _NEEDS_REASON and not wanted.reason.strip():
            raise UsageError(
                _("{decision} needs a reason", decision=_spoken(wanted)),
                _('say why with --reason "..."'),
                on_page=_("write the reason"),
            )
        if wanted.remark.strip() and wanted.kind != "graded":
            raise UsageError(
                _("{decision} has no remark", decision=_spoken(wanted)),
                _("a remark is on a part that is graded by hand; a comment is on the whole"),
            )
        for text in (wanted.reason, wanted.value, wanted.remark):
            if len(text) > _LONGEST:
                raise UsageError(
                    _("a text of {count:,} characters", count=len(text)),
                    _("at most {most:,}", most=_LONGEST),
                )
        placed = replace(
            wanted,
            student=student,
            exercise=exercise,
            name=min(self._names[student]) if student != ALL else "",
            reason=wanted.reason.strip(),
            remark=wanted.remark.strip(),
        )
        valued = self._valued(placed)
        return replace(valued, basis=self.basis(valued))

    def student(self, text: str) -> str:
        """Return the id of the student who is meant, or `all`."""
        if text == ALL or text in self._names:
            return self._sure(text)
        wanted = folded(text)
        found = [one for one in self._names if folded(one) == wanted] or [
            one for one, names in self._names.items() if wanted in map(folded, names)
        ]
        if len(found) == 1:
            return self._sure(found[0])
        if found:
            raise UsageError(
                _(
                    "several students are called {name}: {ids}",
                    name=text,
                    ids=enumerated(sorted(found)),
                ),
                _("give the id"),
            )
        known = [*self._names, *(name for names in self._names.values() for name in names)]
        guess = nearest(text, known)
        raise UsageError(
            _("nobody in this class is called {name}", name=text),
            with_guess(
                guess,
                _(
                    "give an id or a name as in grades.csv, or `all`; who has not handed in is"
                    " known by the roster of the batch"
                ),
            ),
            on_page=with_guess(guess, _("give the id of a student as under People, or `all`")),
        )

    def _sure(self, identity: str) -> str:
        names = self._names[identity] if identity != ALL else set()
        if len(names) > 1:
            raise UsageError(
                _(
                    "{names} have the same id here, {id}",
                    names=listed(sorted(names)),
                    id=identity,
                ),
                _("give them ids of their own in the roster, and rerun the batch"),
            )
        return identity

    def exercise(self, text: str) -> str:
        """Return the exercise that is meant, or `all`."""
        known = self.results.description.exercises
        if text == ALL or text in known:
            return text
        guess = nearest(text, list(known))
        raise UsageError(
            _("the course has no exercise {name}", name=text),
            with_guess(guess, _("it has: {names}; or `all`", names=enumerated(list(known)))),
        )

    def numbered(self, text: str) -> Decision:
        """Return the decision of a number, if it can be taken back.

        Raises
        ------
        UsageError
            There is none, or it has been taken back.
        """
        number = points_in(text)
        found = next((one for one in self.decisions if one.number == number), None)
        remedy, on_page = _("see the numbers with --list"), _("see the numbers in the table")
        if found is None:
            raise UsageError(
                _("there is no decision {number}", number=text), remedy, on_page=on_page
            )
        if found.number in taken_back(self.decisions):
            raise UsageError(
                _("decision {number} has been taken back already", number=text),
                remedy,
                on_page=on_page,
            )
        return found

    def undone(self, text: str, *, by: str, reason: str) -> Decision:
        """Return the decision that takes back another."""
        old = self.numbered(text)
        return Decision(
            "undo", old.student, old.exercise, str(old.number), reason=reason, name=old.name, by=by
        )

    def confirmed(self, student: str, exercise: str, *, by: str) -> list[Decision]:
        """Return what confirms all that is in force on one grade.

        Raises
        ------
        UsageError
            Nothing is.
        """
        identity, name = self.student(student), self.exercise(exercise)
        found = [
            one
            for one in self.held.on(identity, name)
            if (one.student, one.exercise) == (identity, name)
        ]
        if not found:
            raise UsageError(
                _(
                    "nothing has been decided on {student}, {exercise}",
                    student=student,
                    exercise=exercise,
                ),
                _("see what has with --list"),
                on_page=_("see what has under Decisions"),
            )
        return [
            Decision(
                "confirmed", identity, name, str(one.number), name=one.name, by=by,
                basis=self.basis(one),
            )
            for one in found
        ]  # fmt: skip

    def basis(self, decision: Decision) -> Basis | None:
        """Return what a decision rests on now; None where it is for many, or for no one grade."""
        grade = self.grades.get((decision.student, decision.exercise))
        if grade is None or decision.kind in ("extension", "waiver"):
            return None
        if decision.kind == "graded":
            return self._basis_of_part(decision, grade)
        checks = grade.attempt.checks if grade.attempt else {}
        # of a check that is gone, what it had is still what its decision made up for
        had = decision.basis.check if decision.basis else None
        points = checks[decision.check][0] if decision.check in checks else had
        return replace(grade.basis, check=points)

    def _basis_of_part(self, decision: Decision, grade: FinalGrade) -> Basis:
        part = self._part(decision.exercise, decision.check)
        answers = grade.attempt.answers if grade.attempt else {}
        had = decision.basis.check if decision.basis else None
        return replace(
            grade.basis,
            checks=rubric_digest(part),
            check=part_points(part, decision) if part else had,
            answer=answers.get(decision.check, ""),
        )

    def _part(self, exercise: str, name: str) -> Part | None:
        parts = self.results.description.exercises[exercise].by_hand
        return next((part for part in parts if part.id == name), None)

    def _valued(self, one: Decision) -> Decision:
        match one.kind:
            case "score":
                most = self.results.description.exercises[one.exercise].max_score
                return replace(one, value=_points(one.value, most, one.exercise))
            case "points":
                return self._check_points(one)
            case "graded":
                return self._graded(one)
            case "extension":
                return self._extension(one)
            case "comment":
                if not one.value.strip():
                    raise UsageError(
                        _("a comment without words"), _("write what to tell the student")
                    )
                return replace(one, value=one.value.strip())
            case _:
                return replace(one, value="")

    def _check_points(self, one: Decision) -> Decision:
        grade = self.grades.get((one.student, one.exercise))
        if grade is None or grade.attempt is None or grade.score is None:
            raise UsageError(
                _(
                    "{student}, {exercise} has no graded submission whose checks could get points",
                    student=one.student,
                    exercise=one.exercise,
                ),
                _SCORE_IT,
            )
        checks = grade.attempt.checks
        if one.check not in checks:
            guess = nearest(one.check, list(checks))
            raise UsageError(
                _(
                    "{exercise} has no check {check}",
                    exercise=one.exercise,
                    check=one.check or _("without a name"),
                ),
                with_guess(guess, _("it has: {names}", names=enumerated(list(checks)))),
            )
        return replace(one, value=_points(one.value, checks[one.check][1], one.check))

    def _graded(self, one: Decision) -> Decision:
        part = self._part(one.exercise, one.check)
        if part is None:
            parts = [each.id for each in self.results.description.exercises[one.exercise].by_hand]
            guess = nearest(one.check, parts)
            raise UsageError(
                _(
                    "{exercise} has no part {part} to be graded by hand",
                    exercise=one.exercise,
                    part=one.check or _("without a name"),
                ),
                with_guess(
                    guess,
                    _("it has: {names}", names=enumerated(parts))
                    if parts
                    else _("parts are named in course.toml"),
                ),
            )
        grade = self.grades.get((one.student, one.exercise))
        if grade is None or grade.attempt is None or grade.score is None:
            raise UsageError(
                _(
                    "{student}, {exercise} has no graded submission with an answer",
                    student=one.student,
                    exercise=one.exercise,
                ),
                _SCORE_IT,
            )
        return replace(one, value=part_value(part, one.value))

    def _extension(self, one: Decision) -> Decision:
        value = deadline_text(one.value)
        if not value:
            raise UsageError(
                _("{text!r} is no deadline", text=one.value),
                _('write days, like +3, or a date and a time, like "2026-12-05 18:00"'),
            )
        batch = self.results.description
        names = batch.exercises if one.exercise == ALL else (one.exercise,)
        deadlines = [due for name in names if (due := batch.exercises[name].deadline)]
        if not deadlines:
            raise UsageError(
                _("{exercise} has no deadline that could be extended", exercise=one.exercise)
                if one.exercise != ALL
                else _("no exercise has a deadline"),
                _("set one in course.toml, and rerun the batch"),
                on_page=_("set one in course.toml"),
            )
        if all(extended(due, value, batch) == due for due in deadlines):
            raise UsageError(
                _(
                    "{value} is not after the deadline, {deadline:%Y-%m-%d %H:%M}",
                    value=value,
                    deadline=deadlines[0],
                ),
                _("an extension gives more time"),
            )
        return replace(one, value=value)


def _points(text: str, most: float, of: str) -> str:
    points = points_in(text)
    if points is None:
        raise UsageError(
            _("{text!r} is no number of points", text=text), _("write a number, like 6 or 6.5")
        )
    if points > most:
        raise too_many_points(text, most, of)
    return number_text(points)


def _spoken(decision: Decision) -> str:
    return _SPOKEN.get(decision.kind, f"`{decision.kind}`")


def about_nobody(decisions: Iterable[Decision], results: BatchResults) -> tuple[Decision, ...]:
    """Return the decisions on students whom the batch does not know any more."""
    known = {one.student.id for one in results.handed_in} | {ALL}
    return tuple(one for one in decisions if one.student not in known)
