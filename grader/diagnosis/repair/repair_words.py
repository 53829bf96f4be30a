"""What is said of a repair, together with what was named already."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from grader.diagnosis.explainer import Told
from grader.diagnosis.sentences import TITLES, Wording
from grader.language import gettext_lazy as _
from grader.language import listed, sentences
from grader.quick_dataclass import dataclass
from grader.result import Diagnosis

if TYPE_CHECKING:
    from grader.diagnosis.repair.repair_finder import Repair, RepairedPart

NEW_TITLES: Final = {
    "extra_term": _("A term too many"),
    "extra_step": _("A step too many"),
    "formula": _("Not the right formula"),
    "target": _("A value goes to the wrong place"),
    "items": _("Entries in the wrong order"),
    "brackets": _("Brackets are missing or in the wrong place"),
    "condition": _("A wrong condition"),
    "power": _("A wrong power"),
    "overwrites": _("A value is overwritten"),
    "accumulates": _("A value is changed where it should be replaced"),
}
REPAIRED: Final = {
    "index": _("`{part}` leads to the wrong entry."),
    "variable": _("`{part}` is not the value that belongs here."),
    "factor": _("`{part}` lacks a factor or a divisor."),
    "repeated": _("`{part}` holds a factor too many."),
    "term": _("`{part}` lacks a term."),
    "extra_term": _("`{part}` holds a term too many."),
    "sign": _("The sign in `{part}` is wrong."),
    "operator": _("The operator in `{part}` is wrong."),
    "constant": _("The number `{part}` is wrong."),
    "transpose": _("Rows and columns are swapped in `{part}`."),
    "arguments": _("The arguments in `{part}` are in the wrong order."),
    "call": _("In `{part}`, a call is missing, is one too many, or is of the wrong function."),
    "returned": _("The results in `{part}` are in the wrong order."),
    "items": _("The entries in `{part}` are in the wrong order."),
    "unpacked": _("The names in `{part}` are in the wrong order."),
    "dropped": _("A step is missing here or right after it."),
    "extra_step": _("This step does not belong here."),
    "order": _("This step comes too early or too late."),
    "range": _("The loop over `{part}` takes the wrong turns."),
    "in_place": _("`{part}` works on the array itself, and needs a copy of it."),
    "formula": _("`{part}` is not the formula for what belongs here."),
    "target": _("What is worked out here does not belong in `{part}`."),
    "brackets": _("The brackets in `{part}` are missing or in the wrong place."),
    "condition": _("The condition `{part}` is not the right one."),
    "power": _("`{part}` is to be raised to another power."),
    "overwrites": _("`{part}` overwrites what was there before. It should change it by that much."),
    "accumulates": _("`{part}` changes what was there before. It should replace it."),
}
ENOUGH: Final = _("Once this part is changed, {function} is right: nothing else has to change.")
TOGETHER: Final = _(
    "Once these parts are changed, {function} is right: nothing else has to change."
)
CALLED: Final = _("It is in {called}, which {function} uses.")
ELSEWHERE: Final = _("Changing line {lines} instead would do as well.")

_NUMBER: Final = re.compile(r"(?<![\w.])[\d.]+(?:e[-+]?\d+)?", re.IGNORECASE)
_KINDS: Final = {
    kind: group
    for group, kinds in {
        "which": "index variable transpose arguments returned unpacked items target",
        "how": (
            "factor repeated term extra_term sign operator constant call brackets power"
            " overwrites accumulates"
        ),
        "when": "dropped extra_step order range in_place condition",
    }.items()
    for kind in kinds.split()
}


@dataclass(frozen=True, slots=True)
class Named:
    """What was named in a function, as far as repairs have to be in keeping with it.

    `begins` is the line that the function begins at: where no better one was found, mistakes are
    said to be there.
    """

    told: tuple[Told, ...]
    begins: int | None

    @property
    def are_several(self) -> bool:
        """Whether several mistakes were named."""
        return sum(each.candidate is not None for each in self.told) > 1

    def prefers(self, kind: str, line: int) -> bool:
        """Return whether an edit is in keeping with what was named."""
        named = [each for each in self.told if each.candidate is not None]
        lines = {each.diagnosis.line for each in named} - {self.begins, None}
        if lines:
            return line in lines
        operators = {
            operator for each in named if each.candidate for operator, *_ in each.candidate.faults
        }
        return not operators or kind in operators


def retold(named: Named, repair: Repair, wording: Wording) -> tuple[Told, ...]:
    """Return what is told of a function, now that a repair of it is known.

    What was named stays, at the line that the repair has; but the index map gives way to the
    repair, which says more. Where what was named and the repair do not agree, neither is certain.
    """
    kept = [each for each in named.told if each.diagnosis.id != "index map"]
    if not kept or _says_more(repair, kept):
        return tuple(_alone(repair, wording))
    agrees = _agree(kept, repair)
    result = []
    for number, each in enumerate(kept):
        parts = _parts_of(each, repair, number, len(kept))
        diagnosis = replace(
            each.diagnosis,
            message=_with_elsewhere(each.diagnosis.message, parts, repair),
            certainty=each.diagnosis.certainty if agrees else "likely",
            line=parts[0].place.line,
            places=tuple(part.place for part in parts),
        )
        result.append(replace(each, diagnosis=diagnosis))
    shown = {place for each in result for place in each.diagnosis.places}
    left = tuple(part for part in repair.parts if part.place not in shown)
    whole = all(each.diagnosis.certainty == "exact" for each in kept)
    if left and len(repair.parts) > 1 and not whole:
        result += _alone(replace(repair, parts=left), wording)
    return tuple(result)


def _parts_of(told: Told, repair: Repair, number: int, count: int) -> Sequence[RepairedPart]:
    """Return the parts of a repair that a named mistake is about: all, for the only one."""
    line = told.diagnosis.line
    if len(repair.parts) == 1 or count > 1:
        for part in (*repair.parts, *repair.elsewhere):
            if part.place.line == line:
                return [part]
    if len(repair.parts) == count > 1:
        return [sorted(repair.parts, key=lambda part: part.place.line)[number]]
    return repair.parts


def _says_more(repair: Repair, named: Sequence[Told]) -> bool:
    """Return whether a repair takes the place of mistakes that wrong programs were made with.

    It does where one part is all that has to change, and these are several, explain some of it
    alone, or quote what the student has not written.
    """
    if len(repair.parts) != 1 or repair.elsewhere:
        return False
    faults = [
        each.candidate.faults for each in named if each.candidate and not each.candidate.texts
    ]
    if len(faults) < len(named):
        return False
    part = repair.parts[0]
    alien = any(_is_alien(fault, part) for each in faults for fault in each)
    return alien or len(named) > 1 or named[0].diagnosis.certainty != "exact"


def _is_alien(fault: tuple[str, str, Mapping[str, str]], part: RepairedPart) -> bool:
    """Return whether a fault is a number that does not stand in the part to change."""
    operator, _template, words = fault
    if operator != "constant":
        return False
    written = [*_NUMBER.findall(part.text), part.text]
    return not any(_same_number(words["wrong"], each) for each in written)


def _same_number(one: str, other: str) -> bool:
    try:
        return complex(one) == complex(other)
    except ValueError:
        return one == other


def _agree(named: Sequence[Told], repair: Repair) -> bool:
    """Return whether the only thing that was named, by one edit, is of the repair's sort."""
    if len(named) != 1 or len(repair.parts) != 1 or named[0].candidate is None:
        return True
    faults = named[0].candidate.faults
    group = _KINDS.get(repair.parts[0].kind)
    return len(faults) != 1 or group is None or _KINDS.get(faults[0][0]) in (group, None)


def _with_elsewhere(message: str, told: Sequence[RepairedPart], repair: Repair) -> str:
    """Return a message with the other lines of which each would do as well."""
    if len(repair.parts) > 1:
        return message
    shown = {part.place.line for part in told}
    lines = [
        str(part.place.line)
        for part in (*repair.parts, *repair.elsewhere)
        if part.place.line not in shown
    ]
    if not lines:
        return message
    return sentences([message, ELSEWHERE.format(lines=listed(lines))])


def _alone(repair: Repair, wording: Wording) -> list[Told]:
    told = []
    for part in repair.parts:
        parts = [REPAIRED[part.kind].format(part=part.text)]
        if part.function != wording.function:
            parts.append(CALLED.format(called=part.function, function=wording.function))
        enough = ENOUGH if len(repair.parts) == 1 else TOGETHER
        parts.append(enough.format(function=wording.function))
        title = TITLES.get(part.kind) or NEW_TITLES[part.kind]
        diagnosis = Diagnosis(
            id=f"repair: {part.kind}",
            title=title,
            message=_with_elsewhere(sentences(parts), [part], repair),
            certainty="likely" if repair.elsewhere else "exact",
            line=part.place.line,
            places=(part.place,),
        )
        told.append(Told(diagnosis))
    return told
