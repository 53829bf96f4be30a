"""What a person has graded of a submission: items of a rubric, or points, for each part."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import fsum

from grader.course.by_hand import ALL, NONE, Part
from grader.course.naming import nearest
from grader.decisions.decision import Decision
from grader.decisions.points_and_deadlines import number_text, points_in
from grader.errors import UsageError
from grader.language import enumerated, joined
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.result import PartResult


@dataclass(frozen=True, slots=True)
class GradedPart:
    """A part with the decision on it; no points until somebody has graded it."""

    part: Part
    decision: Decision | None

    @property
    def points(self) -> float | None:
        """What it got."""
        return part_points(self.part, self.decision) if self.decision else None


def graded_parts(parts: Iterable[Part], decisions: Sequence[Decision]) -> tuple[GradedPart, ...]:
    """Return the parts of an exercise with what was decided on each."""
    on = {one.check: one for one in decisions if one.kind == "graded"}
    return tuple(GradedPart(part, on.get(part.id)) for part in parts)


def points_by_hand(graded: Iterable[GradedPart]) -> float:
    """Return the points of the parts that somebody has graded."""
    return fsum(one.points for one in graded if one.points is not None)


def part_points(part: Part, decision: Decision) -> float:
    """Return what a decision gives: the items' points as the rubric has them now.

    Where an item is gone that was taken, it is what they came to when that was decided.
    """
    known = {item.id: item.points for item in part.rubric}
    taken = items_in(decision.value)
    points = points_in(decision.value)
    if points is None and set(taken) <= known.keys():
        points = fsum(known[name] for name in taken)
    elif points is None:
        basis = decision.basis
        points = basis.check if basis and basis.check is not None else 0.0
    return min(points, part.points)


def items_in(value: str) -> tuple[str, ...]:
    """Return the items that a decision's value names.

    Examples
    --------
    >>> items_in("every_value, example"), items_in("none")
    (('every_value', 'example'), ())
    """
    names = [name for name in re.split(r"[\s,;+]+", value) if name]
    return () if names == [NONE] else tuple(dict.fromkeys(names))


def part_value(part: Part, text: str) -> str:
    """Return what somebody writes of a part, in the form that is kept.

    Raises
    ------
    UsageError
        It is neither items of the rubric nor points that the part can give.
    """
    known = [item.id for item in part.rubric]
    points = points_in(text)
    if points is not None:
        if points > part.points:
            raise too_many_points(text, part.points, part.id)
        return number_text(points)
    names = items_in(text)
    has = (
        _(
            "it has: {items}; or write {all}, {none} or points",
            items=enumerated(known),
            all=ALL,
            none=NONE,
        )
        if known
        else ""
    )
    if not text.strip():
        raise UsageError(
            _("nothing is said of {part}", part=part.id),
            has or _("write points, like 2 or 2.5"),
        )
    if names == (ALL,) and known:
        return ", ".join(known)
    for name in names:
        if name not in known:
            guess = nearest(name, known)
            raise UsageError(
                _("the rubric of {part} has no item {name}", part=part.id, name=name),
                with_guess(guess, has or _("write points, like 2.5")),
            )
    return ", ".join(name for name in known if name in names) or NONE


def too_many_points(text: str, most: float, of: str) -> UsageError:
    """Return the error for more points than there are."""
    return UsageError(
        _(
            "{points} points are more than {of} has: {most}",
            points=text,
            of=of,
            most=number_text(most),
        ),
        _("write a number from 0 to {most}", most=number_text(most)),
    )


def with_guess(guess: str | None, remedy: str) -> str:
    """Return a remedy, behind the name that may have been meant."""
    return joined(_("did you mean {guess}? ", guess=guess), remedy) if guess else remedy


def rubric_digest(part: Part | None) -> str:
    """Return what tells one rubric from another; empty where the part is gone."""
    if part is None:
        return ""
    return hashlib.sha256(repr((part.points, part.rubric)).encode()).hexdigest()


def answer_digest(part: PartResult) -> str:
    """Return what tells one answer from another; its first letter keeps it from being a number."""
    digest = hashlib.sha256(part.answer.encode("utf-8", "surrogatepass"))
    for picture in part.pictures:
        digest.update(picture.png.encode())
    return f"a{digest.hexdigest()[:12]}"


def decided_parts(
    results: Sequence[PartResult], graded: Mapping[str, GradedPart]
) -> tuple[PartResult, ...]:
    """Return the parts of a result with what was decided on them."""
    return tuple(_decided(one, graded.get(one.id)) for one in results)


def _decided(one: PartResult, graded: GradedPart | None) -> PartResult:
    if graded is None or graded.decision is None:
        return one
    taken = items_in(graded.decision.value)
    rubric = tuple(replace(item, taken=item.id in taken) for item in one.rubric)
    return replace(one, points=graded.points, rubric=rubric, remark=graded.decision.remark)
