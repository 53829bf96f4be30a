"""What a platform is told of one submission: its result in exact amounts, or why there is none."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, count, pairwise
from math import fsum
from typing import Final, Literal

from grader.batch.late import Lateness
from grader.language import gettext, ngettext
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.report.arrangement import (
    cell_of,
    part_heading,
    points_text,
    score_text,
    waiting_text,
)
from grader.report.safe_text import visible
from grader.result import CheckResult, Outcome, Result

Hidden = Literal["visible", "after_due_date", "after_published", "hidden"]
HIDDEN: Final[tuple[Hidden, ...]] = ("visible", "after_due_date", "after_published", "hidden")
ON_TIME: Final = Lateness(None, 0, 0.0)
# authors give points in decimals or as shares such as 1/3; floats hold both to far more digits
_DENOMINATORS: Final = 1_000_000
_LONGEST_TITLE: Final = 200


def exact(amount: float) -> Fraction:
    """Return the amount that a float stands for.

    Examples
    --------
    >>> exact(0.1), exact(2 / 3)
    (Fraction(1, 10), Fraction(2, 3))
    """
    return Fraction(amount).limit_denominator(_DENOMINATORS)


def number(amount: Fraction) -> int | float:
    """Return an exact amount as a JSON number, rounded once and only where it must be."""
    return int(amount) if amount.denominator == 1 else float(amount)


def addends(parts: Sequence[Fraction], total: Fraction) -> list[int | float]:
    """Return amounts as JSON numbers that a platform may add up in double precision.

    Parameters
    ----------
    parts : sequence of Fraction
        Amounts from 0 up.
    total : Fraction
        What they come to; the parts are scaled where they do not.

    Returns
    -------
    list of int or float
        Added in order from 0, they give the double nearest to `total`. They are the parts
        themselves where that is so, else one of them is off in its last digits, else all are.

    Examples
    --------
    >>> added_up([1.8] * 7), added_up(addends([Fraction(9, 5)] * 7, Fraction(63, 5)))
    (12.600000000000001, 12.6)
    """
    goal, given = float(total), sum(parts, Fraction(0))
    if not given:  # nothing to divide by
        return [*(0 for _part in parts[1:]), number(total)] if parts else []
    exactly = [part * total / given for part in parts]
    found = [number(part) for part in exactly]
    if added_up(found) != goal:
        last = max(place for place, part in enumerate(found) if part)
        found[last] = goal - added_up(found[:last])
    return found if added_up(found) == goal and min(found) >= 0 else _multiples(exactly, goal)


def added_up(amounts: Iterable[float]) -> float:
    """Return the sum as most programs make it: in doubles, one after the other, from 0."""
    return functools.reduce(lambda total, amount: total + float(amount), amounts, 0.0)


def _multiples(parts: Iterable[Fraction], goal: float) -> list[int | float]:
    """Return multiples of the last binary digit of their sum, so that no addition rounds."""
    unit = Fraction(math.ulp(goal))
    ends = [round(end / unit) for end in accumulate(parts)]
    return [number((end - start) * unit) for start, end in pairwise([0, *ends])]


@dataclass(frozen=True, slots=True)
class Test:
    """One check under a name that no other has, and a title that no other of its function has.

    Attributes
    ----------
    cell : str
        The notebook's cell that the function stands in; empty where it is a file.
    told_at : str
        The name of the test that tells in full what this one failed for too; else empty.
    """

    name: str
    title: str
    points: Fraction
    max_points: Fraction
    check: CheckResult
    cell: str = ""
    told_at: str = ""

    @property
    def passed(self) -> bool:
        """Whether nothing is missing."""
        return self.check.outcome is Outcome.PASSED and self.points >= self.max_points


@dataclass(frozen=True, slots=True)
class Assessment:
    """What came of one submission.

    Attributes
    ----------
    result : Result or None
        The result document; None where nothing was graded.
    problem : str
        Why it was not graded, and what to do; empty where it was.
    exercise : str
        Its name, where that is known.
    lateness : Lateness
        How late it was, and what that costs.
    notes : tuple of str
        What else the student should know of how it was read.
    hidden : {"visible", "after_due_date", "after_published", "hidden"}
        When students see the checks that they were not given.
    leaderboard : bool
        Whether the score goes on a leaderboard, where the platform has one.
    figure : bytes
        A drawing of what the code does, as PNG; empty where there is none.
    functions : tuple of str
        The exercise's functions, as far as they are known, also where nothing was graded.
    """

    result: Result | None
    problem: str = ""
    exercise: str = ""
    lateness: Lateness = ON_TIME
    notes: tuple[str, ...] = ()
    hidden: Hidden = "visible"
    leaderboard: bool = False
    figure: bytes = b""
    functions: tuple[str, ...] = ()

    @property
    def graded(self) -> Result | None:
        """The result where it says something about the student."""
        return None if self.problem else self.result

    @property
    def tests(self) -> tuple[Test, ...]:
        """The checks; none where nothing was graded."""
        result = self.graded
        return _tests(result) if result else ()

    @property
    def max_score(self) -> Fraction:
        """The points that could be reached."""
        return exact(self.result.max_score) if self.result else Fraction(0)

    @property
    def raw_score(self) -> Fraction:
        """The points reached, before what lateness costs."""
        result = self.graded
        return exact(result.score) if result else Fraction(0)

    @property
    def score(self) -> Fraction:
        """The points that count."""
        return self.reduced(self.raw_score)

    @property
    def share(self) -> Fraction:
        """The points that count, of 1; 0 where no points could be reached."""
        return min(self.score / self.max_score, Fraction(1)) if self.max_score else Fraction(0)

    def reduced(self, points: Fraction) -> Fraction:
        """Return what lateness leaves of some points."""
        return points * (1 - exact(self.lateness.percent) / 100)

    @property
    def score_text(self) -> str:
        """The score as `14 / 20`; what is less than the maximum never reads like it."""
        return score_text(float(self.score), float(self.max_score))

    @property
    def late_text(self) -> str:
        """A sentence on lateness, or nothing."""
        days, percent = self.lateness.days, self.lateness.percent
        if not self.lateness.late:
            return ""
        if not percent:
            return ngettext(
                "Submitted {count} day late; no points are taken off.",
                "Submitted {count} days late; no points are taken off.",
                days or 0,
            )
        return ngettext(
            "Submitted {count} day late: {percent:g} % of {score} is taken off.",
            "Submitted {count} days late: {percent:g} % of {score} is taken off.",
            days or 0,
            percent=percent,
            score=score_text(float(self.raw_score), float(self.max_score)),
        )

    def remarks(self) -> tuple[str, ...]:
        """Return what belongs to no check: lateness, how it was read, what a person grades."""
        result = self.graded
        if result is None:
            return self.notes
        waiting = tuple(part_heading(part) for part in result.to_grade)
        if waiting:
            points = points_text(fsum(part.max_points for part in result.to_grade))
            told = waiting_text(len(waiting))
            without = _(
                "{waiting}, worth {points}: the score is without.", waiting=told, points=points
            )
            waiting = (without, *waiting)
        not_run = tuple(_("Left out: {what}", what=what) for what in result.not_run)
        late = (self.late_text,) if self.late_text else ()
        return (*late, *waiting, *self.notes, *result.warnings, *not_run)

    def shown(self) -> Assessment:
        """Return what students may see where the platform cannot show anything later.

        The checks that are to be hidden become one, which has their points and no word on why.
        """
        result = self.graded
        if result is None or self.hidden == "visible":
            return self
        apart = [check for check in result.checks if not check.visible]
        if not apart:
            return self
        checks = tuple(check for check in result.checks if check.visible)
        return replace(self, result=replace(result, checks=(*checks, _hidden(apart))))


def _tests(result: Result) -> tuple[Test, ...]:
    """Name each check: what is shown is what has to be unique, so it is cut before that."""
    tests = []
    names: set[str] = set()
    titles: set[tuple[str, str]] = set()
    told: dict[tuple[str, bool], str] = {}
    for check in result.checks:
        shown = _cut(visible(check.title, lines=False).strip()) or check.id
        title = next(one for one in _numbered(shown) if (check.function, one) not in titles)
        titles.add((check.function, title))
        full = (
            gettext("{function}: {title}", function=check.function, title=title)
            if check.function
            else title
        )
        name = next(one for one in _numbered(full) if one not in names)
        names.add(name)
        told_at = told.setdefault((check.cause, check.visible), name) if check.cause else name
        tests.append(
            Test(
                name,
                title,
                exact(check.points),
                exact(check.max_points),
                check,
                cell=cell_of(result, check.function),
                told_at="" if told_at == name else told_at,
            )
        )
    return tuple(tests)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TITLE else f"{text[:_LONGEST_TITLE].rstrip()} ..."


def _numbered(text: str) -> Iterator[str]:
    yield text
    for number in count(2):
        yield f"{text} ({number})"


def _hidden(checks: Sequence[CheckResult]) -> CheckResult:
    one = merged(checks, _("Hidden checks"), _("Your instructor can show you what they check."))
    return replace(one, id="hidden", function="", visible=False)


def merged(checks: Sequence[CheckResult], title: str, feedback: str) -> CheckResult:
    """Return one check that stands for several, with all of their points.

    `feedback` is what it says where not all of them passed.
    """
    points = sum((exact(check.points) for check in checks), Fraction(0))
    most = sum((exact(check.max_points) for check in checks), Fraction(0))
    passed = all(check.outcome is Outcome.PASSED for check in checks)
    return CheckResult(
        id=checks[0].id,
        title=title,
        function=checks[0].function,
        outcome=Outcome.PASSED if passed else Outcome.FAILED,
        points=float(points),
        max_points=float(most),
        visible=checks[0].visible,
        feedback="" if passed else feedback,
        seconds=sum(check.seconds for check in checks),
    )
