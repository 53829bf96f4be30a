"""Platforms held against the database: what counts, what was sent, what each gradebook has."""

from __future__ import annotations

from collections.abc import Iterator

from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.arrangement import score_text
from grader.server import grades
from grader.server.lti import outbox
from grader.server.lti.comparing import is_same, note, read_column, scaled
from grader.server.lti.models import LtiColumn, LtiGrade, LtiIdentity
from grader.server.lti.sender import counts_for
from grader.server.models import ServedCourse


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A grade that is not everywhere the same; None where there is none.

    Attributes
    ----------
    column : LtiColumn
    identity : LtiIdentity
    counts : float or None
        What counts now, as far as the student may know it.
    sent : float or None
        What was sent last.
    theirs : float or None
        What the gradebook has, in our points.
    maximum : float
    """

    column: LtiColumn
    identity: LtiIdentity
    counts: float | None
    sent: float | None
    theirs: float | None
    maximum: float

    @property
    def is_ours(self) -> bool:
        """Whether sending again would mend it, and not overrule somebody there."""
        if self.counts is None:
            return False
        return self.theirs is None or not is_same(self.counts, self.sent, self.maximum)

    def __str__(self) -> str:
        """Return a line on it."""
        return _(
            "{course}, {exercise}, {student}: {counts} counts, {sent} was sent, the platform has"
            " {theirs}",
            course=self.column.course,
            exercise=self.column.exercise,
            student=self.identity.person.username,
            counts=self._text(self.counts),
            sent=self._text(self.sent),
            theirs=self._text(self.theirs),
        )

    def _text(self, score: float | None) -> str:
        return _("nothing") if score is None else score_text(score, self.maximum)


def columns_of(course: ServedCourse | None = None) -> list[LtiColumn]:
    """Return the columns of connected courses, or of one of ours."""
    found = LtiColumn.objects.filter(course__course__isnull=False)
    if course is not None:
        found = found.filter(course__course=course)
    return list(found.select_related("course__platform", "course__course").order_by("pk"))


def discrepancies(column: LtiColumn) -> Iterator[Discrepancy]:
    """Read a column of a gradebook, and give the grades that are not everywhere the same.

    Raises
    ------
    LtiError
        It can't be read.
    CourseError
        Our course can't be used as it stands.
    """
    there = read_column(column)
    note(column, there)
    served = column.course.course
    enrolled = column.course.students.select_related("identity__person")
    people = {one.identity.person_id: one.identity for one in enrolled}
    rows = LtiGrade.objects.filter(column=column)
    sent = {row.identity_id: row.score for row in rows}
    persons = [one.person for one in people.values()]
    for person, exercise_grade in zip(
        persons, grades.exercise_grades(served, persons, column.exercise), strict=True
    ):
        identity, maximum = people[person.pk], exercise_grade.grade.max_score
        counts = counts_for(served, person, exercise_grade)
        result = there.get(identity.subject)
        theirs = scaled(result, maximum) if result else None
        own = sent.get(identity.pk)
        arrived = counts is None or is_same(counts, own, maximum)
        if not arrived or not is_same(counts, theirs, maximum):
            yield Discrepancy(column, identity, counts, own, theirs, maximum)


def send(found: Discrepancy) -> None:
    """Have a grade sent again."""
    outbox.mark_column(found.column, [found.identity.pk])
    LtiGrade.objects.filter(column=found.column, identity=found.identity).update(score=None)
