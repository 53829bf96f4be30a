"""What became of grades, in words: for the command that compares batches, and for the desk."""

from __future__ import annotations

from typing import Final

from grader.language import clauses, ngettext_lazy, translated
from grader.language import gettext_lazy as _
from grader.report.differences import CheckChange, Comparison, Difference
from grader.report.safe_text import visible

_STANDINGS: Final = {
    "graded": _("graded"),
    "ungraded": _("ungraded"),
    "unreadable": _("unreadable"),
    "missing": _("missing"),
    "excused": _("excused"),
    "withheld": _("withheld"),
    "pending": _("to be graded by hand"),
    "absent": _("absent"),
}
_OUTCOMES: Final = {
    "passed": _("passed"),
    "failed": _("failed"),
    "error": _("error"),
    "not_implemented": _("not_implemented"),
    "timeout": _("timeout"),
    "out_of_memory": _("out_of_memory"),
    "died": _("died"),
    "forbidden_value": _("forbidden_value"),
    "blocked": _("blocked"),
    "grader_error": _("grader_error"),
}


def told_counts(comparison: Comparison) -> str:
    """Return how many grades are compared, and how many go up and down."""
    grades = comparison.grades
    up = sum(one.change > 0 for one in grades)
    down = sum(one.change < 0 for one in grades)
    other = len(grades) - up - down
    parts = [_("{count} up", count=up), _("{count} down", count=down)]
    parts += [_("{count} new, gone or ungraded", count=other)] if other else []
    told: str = _("no grade changed")
    if grades:
        told = _("{count} different: {changes}", count=len(grades), changes=clauses(parts))
    return ngettext_lazy(
        "{count} grade compared, {result}.",
        "{count} grades compared, {result}.",
        comparison.compared,
        result=told,
    )


def told_check(check: CheckChange) -> str:
    """Return how a check ended before and after."""
    return _(
        "{before} -> {after}: {function}: {title}",
        before=_OUTCOMES[check.before] if check.before else _("not there"),
        after=_OUTCOMES[check.after] if check.after else _("gone"),
        function=visible(check.function, lines=False),
        title=visible(check.title, lines=False),
    )


def told_change(one: Difference) -> str:
    """Return what a grade was and is, and by how much it went up or down, to the reader."""
    sign = f" ({one.change:+g})" if one.change else ""
    if one.so_far is not None:
        before, after = (translated(_("{score:g} so far", score=each)) for each in one.so_far)
    else:
        before = _standing(one.before, one.score_before)
        after = _standing(one.after, one.score_after)
    return f"{before} -> {after}{sign}"


def _standing(status: str, score: float | None) -> str:
    return f"{score:g}" if score is not None else translated(_STANDINGS.get(status, status))
