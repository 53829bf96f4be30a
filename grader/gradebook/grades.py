"""The grades of a batch as exact numbers, ready for any gradebook."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from grader.batch.downloads import moodle
from grader.batch.records import Origin, Student
from grader.decisions.final_grade import Standing, decided_result
from grader.decisions.results import Graded
from grader.errors import UsageError
from grader.language import enumerated, joined, sentences, translated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.arrangement import findings, part_heading, score_text, summaries, unwritten
from grader.result import Result

NO_GRADE = _("no grade written")
_MAX_COMMENT = 4_000


@dataclass(frozen=True, slots=True)
class Grade:
    """What counts for one student and exercise.

    `points` is exact, after lateness and all decisions; None where there is no grade. `standing`
    says why there is none. `folder` is what the name of Moodle's folder says of it where no roster
    did: its number may be a team's.
    """

    student: Student
    exercise: str
    points: Fraction | None
    max_points: Fraction
    comment: str
    folder: Origin | None = None
    standing: Standing = "counts"

    def out_of(self, possible: Fraction | None) -> Fraction | None:
        """Return the points on a scale of so many; as they are where that is not known."""
        if self.points is None or not possible or not self.max_points:
            return self.points
        return self.points * possible / self.max_points


def grade_of(graded: Graded) -> Grade:
    """Return what counts, with the instructor's comment or a line on what was lost."""
    grade, record = graded.grade, graded.kept
    read = record is not None and grade.student.matched in ("file", "unlisted")
    return Grade(
        student=grade.student,
        exercise=grade.exercise,
        points=None if grade.final is None else exact(grade.final),
        max_points=exact(grade.max_score),
        comment=_comment(graded),
        folder=moodle.parse(record.file) if read and record else None,
        standing=grade.standing,
    )


def _comment(graded: Graded) -> str:
    grade, record = graded.grade, graded.kept
    if grade.final is None:
        return ""
    result = record.result if record and record.status == "graded" else None
    if result is None:
        return grade.comment[:_MAX_COMMENT]
    own = comment(decided_result(result, grade))
    if "score" in grade.kinds:
        score = score_text(grade.final, grade.max_score)
        own = _("Your instructor decided {score}; checks: {checks}", score=score, checks=own)
    return translated(sentences((grade.comment, own)))[:_MAX_COMMENT]


def those_handed_in(graded: Iterable[Graded]) -> Iterator[Graded]:
    """Give those with a submission, and those whose grade was decided without one."""
    return (one for one in graded if one.records or one.grade.standing != "none")


def without_grade(grades: Iterable[Grade], *, excused: str) -> list[str]:
    """Return a line on those who have no grade though they may, each kind apart."""
    counts: Counter[str] = Counter(grade.standing for grade in grades)
    told = (
        ("excused", _("{count} excused: {what}"), excused),
        ("withheld", _("{count} withheld: {what}"), NO_GRADE),
        ("pending", _("{count} not graded by hand yet: {what}"), NO_GRADE),
    )
    return [text.format(count=counts[kind], what=what) for kind, text, what in told if counts[kind]]


def chosen(grades: Iterable[Grade], exercise: str | None) -> list[Grade]:
    """Return the grades of one exercise, or of all.

    Raises
    ------
    UsageError
        There is none.
    """
    found = list(grades)
    names = sorted({one.exercise for one in found})
    if exercise is not None and exercise not in names:
        raise UsageError(
            _("the results have no exercise {exercise!r}", exercise=exercise),
            _("they have: {exercises}", exercises=enumerated(names)),
        )
    if not found:
        raise UsageError(_("the results contain no submissions"), _("run `bpgrade batch` first"))
    return [one for one in found if exercise in (None, one.exercise)]


def comment(result: Result) -> str:
    """Return a line on what was lost and why."""
    parts: list[str] = [_("{score} points.", score=score_text(result.score, result.max_score))]
    titles = {
        name: joined(*dict.fromkeys(one.title for one in each.diagnoses), separator=_("; "))
        for each in findings(result)
        for name in each.functions
        if each.diagnoses
    }
    for one in summaries(result):
        if one.points < one.max_points:
            why = titles.get(one.name) or one.remark or unwritten(one)
            score = score_text(one.points, one.max_points)
            parts.append(
                _("{function} {score}: {why}.", function=one.name, score=score, why=why)
                if why
                else _("{function} {score}.", function=one.name, score=score)
            )
    for part in result.by_hand:
        heading = part_heading(part)
        parts.append(
            _("{part}. {remark}", part=heading, remark=part.remark)
            if part.remark
            else _("{part}.", part=heading)
        )
    return sentences(parts)


def exact(number: float) -> Fraction:
    """Return the decimal number that a float was written as."""
    return Fraction(repr(number))


def rounded(number: Fraction, digits: int) -> str:
    """Return a number from 0 up rounded once, half up, with no more digits than it needs.

    Examples
    --------
    >>> rounded(Fraction(2, 3), 2), rounded(Fraction(1, 200), 2), rounded(Fraction(14), 2)
    ('0.67', '0.01', '14')
    """
    scaled = number * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    whole, rest = divmod(units, 10**digits)
    return f"{whole}.{rest:0{digits}}".rstrip("0").rstrip(".")


def number_of(text: str) -> Fraction | None:
    """Return the number in a cell; None where there is none."""
    found = re.fullmatch(r"\s*(-?\d{1,15})(?:[.,](\d{1,15}))?\s*", text, re.ASCII)
    return Fraction(f"{found[1]}.{found[2] or 0}") if found else None
