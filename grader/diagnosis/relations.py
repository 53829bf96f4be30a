"""Relations between what a student's function returns and what is right: no program needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np

from grader.comparison.values import agree
from grader.diagnosis.fault_dictionary import FaultDictionary, Rows
from grader.diagnosis.observation import ObservedCall, agree_always
from grader.diagnosis.program_matching import Columns
from grader.language import Message, listed
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_PLAIN = {-1.0: "-1", 2.0: "2", 0.5: "1/2", -2.0: "-2", -0.5: "-1/2", 4.0: "4", 0.25: "1/4"}


@dataclass(frozen=True, slots=True)
class Relation:
    """What holds between some wrong entries and the right ones."""

    id: str
    title: str
    message: str
    certainty: Literal["exact", "likely"]
    entries: tuple[str, ...]
    columns: Columns


@dataclass(frozen=True, slots=True)
class _Part:
    """One of the returned values, as far as it is wrong and not explained otherwise."""

    name: str
    all: tuple[int, ...]
    wrong: tuple[int, ...]
    table: FaultDictionary
    calls: Sequence[ObservedCall]
    seen: Rows

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(self.table.layout.summary(self.wrong))

    def pair(self) -> tuple[Rows, Rows]:
        """Return the student's and the right values of the wrong entries, a row a probe."""
        columns = list(self.wrong)
        return self.seen[:, columns], self.table.right[:, columns]


_Found = tuple[str, Message, Message, dict[str, str]]


def find_relations(
    table: FaultDictionary, calls: Sequence[ObservedCall], seen: Rows, left: Columns
) -> list[Relation]:
    """Return for each returned value the first relation that explains all that is left wrong."""
    result = []
    for part in _parts(table, calls, seen, left):
        for search in _SEARCHES:
            found = search(part)
            if found is None:
                continue
            name, title, message, words = found
            named = listed(part.entries)
            result.append(
                Relation(
                    id=f"relation: {name}: {part.name}",
                    title=title,
                    message=message.format(entries=named, **words),
                    certainty="exact" if part.wrong == part.all else "likely",
                    entries=part.entries,
                    columns=frozenset(part.wrong),
                )
            )
            break
    return result


def _parts(
    table: FaultDictionary, calls: Sequence[ObservedCall], seen: Rows, left: Columns
) -> Iterator[_Part]:
    columns: dict[str, list[int]] = {}
    for column, entry in enumerate(table.layout.entries):
        columns.setdefault(entry.partition("[")[0], []).append(column)
    for name, own in columns.items():
        wrong = tuple(column for column in own if column in left)
        if wrong:
            yield _Part(name, tuple(own), wrong, table, calls, seen)


def _zero(part: _Part) -> _Found | None:
    seen, _right = part.pair()
    if seen.any():
        return None
    message = _("{entries} is 0 whatever the arguments are: is it filled at all?")
    return "zero", _("It stays 0"), message, {}


def _constant(part: _Part) -> _Found | None:
    seen, right = part.pair()
    if len(seen) < 2 or not (seen == seen[0]).all() or (right == right[0]).all():
        return None
    message = _("{entries} is the same whatever the arguments are: work it out from them.")
    return "constant", _("The arguments are not used"), message, {}


def _unchanged(part: _Part) -> _Found | None:
    inputs = part.table.inputs
    for position, name in enumerate(part.table.layout.parameters):
        given = [_flat(each[position], len(part.all)) for each in inputs]
        if all(
            values is not None and agree(part.seen[number, list(part.all)], values).all()
            for number, values in enumerate(given)
        ):
            message = _("{entries} is {name} just as it was given.")
            return "unchanged", _("An argument is returned as it is"), message, {"name": name}
    return None


def _flat(value: Any, size: int) -> Rows | None:
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f" or value.size != size:
        return None
    flat: Rows = value.ravel()
    return flat


@np.errstate(all="ignore")  # a ratio may be beyond what floats hold: then it is no factor
def _multiple(part: _Part) -> _Found | None:
    seen, right = part.pair()
    if not np.isfinite(seen).all() or not right.all():
        return None
    ratios = seen / right
    factors = ratios[:, 0]
    if not agree(ratios, factors[:, None]).all():
        return None
    if agree(factors, factors[0]).all():
        number = _PLAIN.get(round(float(factors[0]), 9), "")
        if number == "-1":
            return (
                "negated",
                _("The sign is the wrong way round"),
                _("{entries} has the right size, but the wrong sign."),
                {},
            )
        if not number:
            return None
        message = _("{entries} is {factor} times what it should be.")
        return "multiple", _("A constant factor"), message, {"factor": number}
    for name, values in _scalars(part):
        for factor, power in ((name, values), (f"1 / {name}", 1 / values), (f"-{name}", -values)):
            if agree(factors, power).all():
                message = _("{entries} is {factor} times what it should be.")
                return "multiple", _("A constant factor"), message, {"factor": factor}
    return None


def _scalars(part: _Part) -> Iterator[tuple[str, Rows]]:
    for position, name in enumerate(part.table.layout.parameters):
        values = [each[position] for each in part.table.inputs]
        if all(isinstance(value, float) and value for value in values):
            yield name, np.array(values)


def _permuted(part: _Part) -> _Found | None:
    """Find which right entry each wrong one holds."""
    entries = part.table.layout.entries
    right = part.table.right[:, : len(entries)]
    holds = []
    for column in part.wrong:
        same = agree_always(part.seen[:, [column]], right).nonzero()[0].tolist()
        if len(same) != 1:
            return None
        holds.append((entries[column], entries[same[0]]))
    pairs = "; ".join(f"{own}: {other}" for own, other in holds[:6])
    if all(_turned(own) == other for own, other in holds):
        message = _("{entries} holds the values of the transposed entries: {pairs}.")
        return "transposed", _("Rows and columns are swapped"), message, {"pairs": pairs}
    message = _("{entries} holds values that belong elsewhere: {pairs}.")
    return "permuted", _("Values in the wrong place"), message, {"pairs": pairs}


def _turned(entry: str) -> str:
    name, _bracket, rest = entry.partition("[")
    return f"{name}[{', '.join(reversed(rest.removesuffix(']').split(', ')))}]"


def _shifted(part: _Part) -> _Found | None:
    """Find values that stand one place too early."""
    for number, places in enumerate(part.table.layout.places):
        own = [column for column in places.tolist() if column in part.all]
        if len(own) < 2:
            continue
        seen, right = part.seen[number, own], part.table.right[number, own]
        if not agree(seen[:-1], right[1:]).all():
            return None
    sizes = [len(set(places.tolist()) & set(part.all)) for places in part.table.layout.places]
    if max(sizes) < 3:
        return None
    message = _(
        "{entries} runs one step ahead: each value is the one that belongs one place later."
    )
    return "shifted", _("One step off"), message, {}


def _float32(part: _Part) -> _Found | None:
    seen, right = part.pair()
    if not _near(seen, right, 1e-4) or not (seen == seen.astype(np.float32)).all():
        return None
    message = _("{entries} is right to about 7 digits only: it was computed in float32.")
    return "float32", _("Too few digits: float32"), message, {}


def _rounded(part: _Part) -> _Found | None:
    seen, right = part.pair()
    for digits in range(1, 10):
        if (seen == np.round(seen, digits)).all():
            if not agree(seen, np.round(right, digits)).all():
                return None
            message = _(
                "{entries} is rounded to {digits} digits after the point. Keep all of them."
            )
            return "rounded", _("Rounded values"), message, {"digits": str(digits)}
    return None


def _imprecise(part: _Part) -> _Found | None:
    seen, right = part.pair()
    if not _near(seen, right, 1e-5):
        return None
    message = _(
        "{entries} is nearly right, but differs after some digits: something on the way is"
        " rounded, or only an approximation such as a finite difference."
    )
    return "imprecise", _("Nearly right"), message, {}


def _near(seen: Rows, right: Rows, share: float) -> bool:
    with np.errstate(all="ignore"):
        return bool((np.abs(seen - right) <= share * np.abs(right)).all())


_SEARCHES = (
    _zero,
    _constant,
    _unchanged,
    _multiple,
    _permuted,
    _shifted,
    _rounded,
    _float32,
    _imprecise,
)
