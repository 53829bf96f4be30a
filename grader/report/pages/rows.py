"""What the class page needs to know of each submission: small records, for any size of class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from math import fsum
from typing import Final, Literal

from grader.batch.records import Student
from grader.batch.results_reader import Record
from grader.decisions.final_grade import FinalGrade, decided_result
from grader.decisions.remarks import remarks
from grader.decisions.results import Graded
from grader.language import gettext_lazy as _
from grader.language import joined
from grader.quick_dataclass import dataclass
from grader.report.arrangement import grader_failures
from grader.report.pages.trouble import Trouble, trouble
from grader.result import Diagnosis, Listing, Outcome, Place, Result
from grader.similarity.likeness import Likeness, likenesses

Standing = Literal[
    "full", "lost", "pending", "ungraded", "unreadable", "missing", "excused", "withheld"
]
_DECIDED: Final = {
    "score": _("score"),
    "points": _("points"),
    "graded": _("graded"),
    "comment": _("comment"),
    "extension": _("extension"),
    "waiver": _("waiver"),
    "excused": _("excused"),
    "withheld": _("withheld"),
    "confirmed": _("confirmed"),
}
_LINES_AROUND: Final = 3
_REPAIR: Final = "repair: "  # what diagnoses are called that no misconception and no mutant names


@dataclass(frozen=True, slots=True)
class Mistake:
    """A named mistake in a function; equal ones are the same mistake."""

    exercise: str
    function: str
    id: str


@dataclass(frozen=True, slots=True)
class CheckKey:
    """A check of an exercise."""

    exercise: str
    function: str
    id: str
    title: str
    max_points: float


@dataclass(frozen=True, slots=True)
class MadeMistake:
    """A mistake as one student made it.

    Attributes
    ----------
    diagnosis : Diagnosis
        What the student was told.
    cost : float
        The points that were lost in its function; shared out where several mistakes were named.
    excerpt : Listing or None
        The lines around it; None where they are not known.
    """

    diagnosis: Diagnosis
    cost: float
    excerpt: Listing | None


@dataclass(frozen=True, slots=True)
class FoundRepair:
    """What a student has to change in a function, where a repair has found it and no name has."""

    listing: Listing
    diagnoses: tuple[Diagnosis, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is wrong with each part."""
        return tuple(one.id for one in self.diagnoses)

    @property
    def places(self) -> tuple[Place, ...]:
        """The parts."""
        return tuple(place for one in self.diagnoses for place in one.places)

    @property
    def title(self) -> str:
        """What the student is told that it is."""
        return self.diagnoses[0].title


@dataclass(frozen=True, slots=True)
class Row:
    """One student's submission for one exercise.

    Attributes
    ----------
    score, final : float or None
        Before and after lateness and decisions; None where there is no grade.
    page : str
        Where the student's page is; empty for who handed nothing in.
    mistakes : mapping of Mistake to Made
        The named mistakes.
    checks : tuple of (CheckKey, float)
        Every check with the points that it cost.
    reason : str
        Why there is no grade.
    trouble : Trouble or None
        What kept it from full marks before any value could be wrong.
    decided : str
        What was decided, in words; empty where nothing was.
    remarks : tuple of str
        What has changed under the decisions since.
    """

    student: Student
    exercise: str
    standing: Standing
    score: float | None
    final: float | None
    max_score: float
    late: bool | None
    number: int
    of: int
    page: str
    mistakes: Mapping[Mistake, MadeMistake]
    checks: tuple[tuple[CheckKey, float], ...]
    likenesses: tuple[Likeness, ...]
    reason: str
    digest: str
    decided: str = ""
    remarks: tuple[str, ...] = ()
    trouble: Trouble | None = field(default=None)
    repairs: tuple[FoundRepair, ...] = ()

    @property
    def is_handed_in(self) -> bool:
        """Whether there is a submission."""
        return self.of > 0


@dataclass(frozen=True, slots=True)
class Handing:
    """One attempt in time: whose, which, and the share of the points that it got."""

    student: Student
    exercise: str
    number: int
    submitted: datetime
    share: float | None


def row(graded: Graded, page: str) -> Row:
    """Return the row of a grade."""
    grade, record = graded.grade, graded.kept
    found = record.result if record else None
    result = decided_result(found, grade) if found else None
    scored = result if record and record.status == "graded" else None
    score = scored.score if scored else None
    if grade.final is not None and (score is None or "score" in grade.kinds):
        score = grade.final
    standing = _standing(grade, scored)
    return Row(
        student=grade.student,
        exercise=grade.exercise,
        standing=standing,
        score=score if grade.final is not None else None,
        final=grade.final,
        max_score=result.max_score if result else grade.max_score,
        late=grade.lateness.late,
        number=record.number if record else 0,
        of=record.of if record else 0,
        page=page,
        mistakes=_mistakes(result) if result else {},
        checks=_checks(scored) if scored else (),
        likenesses=likenesses(scored) if scored else (),
        reason=_reason(record) if record and grade.final is None else "",
        digest=result.submission.sha256 if result else "",
        decided=joined(*(_DECIDED.get(one, one) for one in grade.kinds), separator=_(", ")),
        remarks=remarks(grade),
        repairs=_repairs(result) if result else (),
        trouble=trouble(scored) if scored and standing in ("lost", "pending") else None,
    )


def handing(record: Record) -> Handing | None:
    """Return an attempt's place in time; None where that is not known."""
    if record.submitted is None:
        return None
    result = record.result
    known = record.status == "graded" and result is not None and result.max_score > 0
    share = result.score / result.max_score if known and result else None
    # zones are of no use in a chart of a whole class
    submitted = record.submitted.replace(tzinfo=None)
    return Handing(record.student, record.exercise, record.number, submitted, share)


def _standing(grade: FinalGrade, result: Result | None) -> Standing:
    if grade.standing in ("excused", "withheld", "pending"):
        return grade.standing
    if grade.final is None:
        others: dict[str, Standing] = {"unreadable": "unreadable", "missing": "missing"}
        return others.get(grade.status, "ungraded")
    if result is not None and "score" not in grade.kinds:
        return "full" if result.full_marks else "lost"
    return "full" if grade.final >= grade.max_score else "lost"


def _mistakes(result: Result) -> dict[Mistake, MadeMistake]:
    named: dict[str, dict[str, Diagnosis]] = {}
    for check in result.checks:
        for found in check.diagnosis:
            named.setdefault(check.function, {})[found.id] = found
    return {
        Mistake(result.exercise, function, id): MadeMistake(
            found, _lost(result, function) / len(own), _excerpt(result, function, found)
        )
        for function, own in named.items()
        for id, found in own.items()
    }


def _repairs(result: Result) -> tuple[FoundRepair, ...]:
    found = []
    for listing in result.listings:
        own = tuple(
            one
            for check in result.checks
            if check.function == listing.function
            for one in check.diagnosis
        )
        if own and all(one.id.startswith(_REPAIR) and one.places for one in own):
            found.append(FoundRepair(listing, own))
    return tuple(found)


def _lost(result: Result, function: str) -> float:
    failed = (
        check
        for check in result.checks
        if check.function == function and check.outcome is Outcome.FAILED
    )
    return fsum(check.max_points - check.points for check in failed)


def _excerpt(result: Result, function: str, found: Diagnosis) -> Listing | None:
    """Return the lines around a mistake, as far as the result has them."""
    for listing in result.listings:
        if found.line is None or listing.function != function:
            continue
        lines = listing.text.split("\n")
        at = found.line - listing.first_line
        if 0 <= at < len(lines) and all(one.file == listing.place for one in found.places[:1]):
            first = max(0, at - _LINES_AROUND)
            text = "\n".join(lines[first : at + _LINES_AROUND + 1])
            return Listing(function, listing.place, listing.first_line + first, text)
    return None


def _checks(result: Result) -> tuple[tuple[CheckKey, float], ...]:
    return tuple(
        (
            CheckKey(result.exercise, check.function, check.id, check.title, check.max_points),
            check.max_points - check.points,
        )
        for check in result.checks
    )


def _reason(record: Record) -> str:
    result = record.result
    if result is None:
        return _("its file could not be read")
    if record.status == "graded":
        return ""
    return grader_failures(result)[0]
