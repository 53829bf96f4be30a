"""Wrong programs for one function: each with what would be said of it, and how to make it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from grader.authoring import Combination, Misconception
from grader.diagnosis.observation import Inputs
from grader.diagnosis.operators import Edit
from grader.diagnosis.program_factory import Maker, ProgramSource, Workshop
from grader.quick_dataclass import dataclass

COMBINED: Final = 1_000
MUTANT: Final = 2_000
_CALLED: Final = 1_000
_TWO: Final = 4_000
_MAX_PAIRS: Final = 1_500
_FAR: Final = 6
"""From this cost on edits are made in the reference only, not in other right formulations."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A wrong program, described by plain data.

    Attributes
    ----------
    id : str
        What it is called in results.
    function : str
        The function that the mistake is in: the one asked about, or one that it calls.
    texts : tuple of str
        The author's title, explanation and advice; empty for mutants.
    faults : tuple
        For mutants, operator, template and words of each edit.
    finds : tuple of str
        Expressions that show the mistake in a student's code.
    rank : int
        Of candidates that are the same program the lowest is told.
    parts : tuple of str
        For merged misconceptions, their ids.
    """

    id: str
    function: str
    rank: int
    texts: tuple[str, ...] = ()
    faults: tuple[tuple[str, str, dict[str, str]], ...] = ()
    finds: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()

    def plain(self) -> list[Any]:
        """Return it as plain values, for the cache."""
        faults = [[operator, template, words] for operator, template, words in self.faults]
        fixed = [self.id, self.function, self.rank, list(self.texts), faults]
        return [*fixed, list(self.finds), list(self.parts)]

    @classmethod
    def from_plain(cls, values: list[Any]) -> Candidate:
        """Return what `plain` was made of."""
        name, function, rank, texts, faults, finds, parts = values
        told = tuple((operator, template, words) for operator, template, words in faults)
        return cls(name, function, rank, tuple(texts), told, tuple(finds), tuple(parts))


Made = tuple[Candidate, Maker | None]


def own_candidates(workshop: Workshop, function: str) -> Iterator[Made]:
    """Yield the author's wrong programs for `function`."""
    for number, item in enumerate(workshop.book.misconceptions.get(function, ())):
        yield _authored(workshop, item, number), workshop.mistaken(item)


def reference_mutants(workshop: Workshop, function: str, inputs: Inputs) -> Iterator[Made]:
    """Yield the mutants of the reference's `function`."""
    source = workshop.reference_source(function)
    for number, edit in enumerate(workshop.find_edits(source, function, inputs)):
        maker = workshop.kept_mutant(function, number)
        if maker is not None:
            yield _mutant(function, [edit], MUTANT + 10 * edit.cost), maker


def candidates(workshop: Workshop, function: str, inputs: Inputs) -> Iterator[Made]:
    """Yield the wrong programs for `function`, and how to make them (None where merged).

    The author's come first, then mutants; mistakes in the function itself come before the same
    in the functions that it calls. Each has an id of its own.
    """
    seen: Counter[str] = Counter()
    for candidate, maker in _all(workshop, function, inputs):
        seen[candidate.id] += 1
        again = seen[candidate.id]
        name = candidate.id if again == 1 else f"{candidate.id} ({again})"
        yield replace(candidate, id=name), maker


def _all(workshop: Workshop, function: str, inputs: Inputs) -> Iterator[Made]:
    for name in (function, *workshop.called_by(function)):
        away = 0 if name == function else _CALLED
        for number, item in enumerate(workshop.book.misconceptions.get(name, ())):
            yield _authored(workshop, item, number + away), workshop.mistaken(item)
        for several in workshop.book.together.get(name, ()):
            ids = several.misconceptions
            rank = COMBINED + away
            merged = Candidate("+".join(ids), name, rank, parts=ids)
            yield merged, workshop.with_all(name, ids)
    for name in (function, *workshop.called_by(function)):
        yield from _mutants(workshop, function, name, inputs)
        for combination in workshop.book.combinations.get(name, ()):
            yield from _pairs(workshop, function, combination, inputs)


def _authored(workshop: Workshop, item: Misconception, rank: int) -> Candidate:
    finds = workshop.finds(item)
    return Candidate(item.id, item.function, rank, texts=item.texts, finds=finds)


def _mutants(workshop: Workshop, top: str, name: str, inputs: Inputs) -> Iterator[Made]:
    away = 0 if name == top else _CALLED
    for order, source in enumerate(workshop.sources(name)):
        for number, edit in enumerate(workshop.find_edits(source, top, inputs)):
            if order and (edit.cost >= _FAR or (away and edit.operator != "index")):
                continue
            maker = workshop.edited(source, [number])
            if maker is not None:
                yield _mutant(name, [edit], MUTANT + away + 10 * edit.cost + order), maker


def _mutant(function: str, edits: list[Edit], rank: int) -> Candidate:
    first = edits[0]
    details = "; ".join(
        ": ".join((edit.template, *(word for word in edit.words.values() if word)))
        for edit in edits
    )
    return Candidate(
        id=f"{function}: {details}",
        function=function,
        rank=rank,
        faults=tuple((edit.operator, edit.template, dict(edit.words)) for edit in edits),
        finds=tuple(edit.wrong for edit in edits if edit.wrong) if first.wrong else (),
    )


def _pairs(workshop: Workshop, top: str, pair: Combination, inputs: Inputs) -> Iterator[Made]:
    known = {item.id: item for item in workshop.book.misconceptions.get(pair.function, ())}
    first, second = known.get(pair.first), known.get(pair.second)
    if first is not None and second is not None:
        name = f"{first.id}+{second.id}"
        yield Candidate(name, pair.function, COMBINED, parts=(first.id, second.id)), None
    elif first is not None or second is not None:
        item, operator = (first, pair.second) if first is not None else (second, pair.first)
        assert item is not None
        yield from _varied(workshop, top, item, operator, inputs)
    else:
        for source in workshop.sources(pair.function):
            yield from _double(workshop, top, source, pair, inputs)


def _varied(
    workshop: Workshop, top: str, item: Misconception, operator: str, inputs: Inputs
) -> Iterator[Made]:
    """Yield the mutants of a misconception: its own texts, and the mutant's."""
    source = workshop.of_misconception(item)
    for number, edit in enumerate(workshop.find_edits(source, top, inputs)):
        maker = workshop.edited(source, [number]) if edit.operator == operator else None
        if maker is not None:
            mutant = _mutant(item.function, [edit], MUTANT + _TWO + 10 * edit.cost)
            name = f"{item.id}+{mutant.id}"
            told = item.texts, mutant.faults, mutant.finds
            yield Candidate(name, item.function, mutant.rank, *told), maker


def _double(
    workshop: Workshop, top: str, source: ProgramSource, pair: Combination, inputs: Inputs
) -> Iterator[Made]:
    edits = workshop.find_edits(source, top, inputs)
    made = 0
    for one, first in enumerate(edits):
        if first.operator != pair.first:
            continue
        for two, second in enumerate(edits):
            if second.operator != pair.second or two == one or made >= _MAX_PAIRS:
                continue
            maker = workshop.edited(source, [one, two])
            if maker is not None:
                made += 1
                rank = MUTANT + _TWO + 10 * (first.cost + second.cost)
                yield _mutant(source.function, [first, second], rank), maker
