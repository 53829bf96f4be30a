"""Setting aside, of an exercise that was brought over, what does not hold when it is tried."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from grader.author.importing.assignment import ImportFinding, ImportPlace
from grader.author.importing.exercise import Converted
from grader.author.importing.naming import bound
from grader.author.importing.trial import Broken, ImportTrial
from grader.course.stubs import BEGIN, END
from grader.language import gettext_lazy as _
from grader.language import translated

_ROUNDS: Final = 4
_FREE: Final = _("students pass it without doing anything, or it cannot be graded there")


def settled(one: Converted, tried: Callable[[Converted], ImportTrial]) -> Converted:
    """Return an exercise whose reference passes all checks that are left, and whose stub none.

    Parameters
    ----------
    one : Converted
    tried : callable
        Writes an exercise, and returns what its reference and its stub get.
    """
    original = one
    for _round in range(_ROUNDS):
        trial = tried(one)
        if trial.problem:
            return _unproved(original, _("not tried: {reason}", reason=trial.problem))
        if trial.broken:
            first = trial.broken[0]
            other = _without(one, trial.broken)
            if other is None or not any(other.points.values()):
                line = one.reference.split("\n")[first.first - 1].strip()
                raised = {"line": line, "error": first.error}
                return _unproved(
                    original, _("`{line}`, in the reference, raises {error}", **raised)
                )
            one = other
            continue
        aside = {
            name: _("the reference does not pass it: {reason}", reason=why)
            for name, why in trial.failed.items()
        }
        left = [check for check in one.checks if check.name not in one.aside]
        if left and len(aside) == len(left):
            why = next(iter(trial.failed.values()))
            told = _("the reference passes none of the checks. The first: {reason}", reason=why)
            return _unproved(original, told)
        aside |= {name: _FREE for name in trial.free if name not in aside}
        if not aside:
            return one
        other = _set_aside(one, aside)
        if not any(other.points.values()):
            name, why = next(iter(aside.items()))
            return _unproved(original, _("{check}: {reason}", check=name, reason=why))
        one = other
    return one


def _noted(one: Converted, texts: Sequence[str]) -> Converted:
    found = [ImportFinding("look", ImportPlace(one.notebook), text) for text in texts]
    return replace(one, findings=(*one.findings, *found))


def _unproved(one: Converted, why: str) -> Converted:
    """Return an exercise as it is, all of whose checks need a look."""
    found = [ImportFinding("look", place, _("its check is not proved")) for place in one.tests]
    known = {each.place for each in one.findings if each.level == "cannot"}
    kept = [each for each in found if each.place not in known]
    return _noted(replace(one, findings=(*one.findings, *kept)), [why])


def _set_aside(one: Converted, aside: Mapping[str, str]) -> Converted:
    findings = [
        ImportFinding(
            "cannot",
            check.place,
            _("{check} is set aside: {reason}", check=check.name, reason=aside[check.name]),
        )
        for check in one.checks
        if check.name in aside
    ]
    return replace(
        one, aside={**one.aside, **aside}, findings=(*one.findings, *dict.fromkeys(findings))
    )


def _without(one: Converted, broken: Sequence[Broken]) -> Converted | None:
    """Return an exercise without the statements that raise; None where a solution stands in one."""
    lines = one.reference.split("\n")
    texts = []
    for each in reversed(broken):
        statement = lines[each.first - 1 : each.last]
        if any(line.strip() in {BEGIN, END} for line in statement):
            return None
        raised = {"line": statement[0].strip(), "error": each.error}
        texts.append(_("`{line}` raises {error}: left out of the reference", **raised))
        title = translated(_("Left out, it raises {error}:", error=each.error))
        shown = [f"# {line}".rstrip() for line in [title, *statement]]
        lines[each.first - 1 : each.last] = shown
    reference = "\n".join(lines)
    defined = {name for node in ast.parse(reference).body for name in bound(node)}
    lost = {
        check.name: _(
            "the reference does not define {function}, as its lines raise", function=check.function
        )
        for check in one.checks
        if check.name not in one.aside and check.function not in defined
    }
    return replace(_set_aside(_noted(one, texts[::-1]), lost), reference=reference)
