"""Looks for the edits of a student's code that make a function right on all probes."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from itertools import chain
from typing import Final, TypeVar

from grader.comparison.values import agree
from grader.diagnosis.fault_dictionary import FaultDictionary, Mask, Rows
from grader.diagnosis.observation import ObservedCall
from grader.diagnosis.repair.alternatives import Admits, Alternative
from grader.diagnosis.repair.demonstrations import without_demonstrations
from grader.diagnosis.repair.expressions import slips
from grader.diagnosis.repair.insertions import Insertions, wraps
from grader.diagnosis.repair.instrumentation import Instrumentation, ObservedRun, observe_run
from grader.diagnosis.repair.right_values import RightPrograms
from grader.diagnosis.repair.schemata import Schema, edited
from grader.diagnosis.repair.scope import Scope
from grader.diagnosis.repair.statements import filled, inserted, moves, statement_slips
from grader.diagnosis.repair.student_code import StudentCode, Unit
from grader.diagnosis.repair.translation import StudentValues, Translator
from grader.diagnosis.repair.trials import Budget, Trials, written
from grader.quick_dataclass import dataclass
from grader.sandbox.replies import SubmissionSource

_MAX_TRIED: Final = 2_000
_MAX_PARTIAL: Final = 4

M = TypeVar("M", Scope, Insertions)
Lazy = Callable[[], list[Insertions]]


@dataclass(frozen=True, slots=True)
class RepairEdit:
    """An alternative, and the function of the student's that it is made in."""

    alternative: Alternative
    unit: Unit


@dataclass(frozen=True, slots=True)
class CandidateRepair:
    """Edits that together make a function right on all probes; `code` lacks the last of them."""

    edits: tuple[RepairEdit, ...]
    code: StudentCode

    @property
    def cost(self) -> int:
        """How large they are."""
        return sum(each.alternative.cost for each in self.edits)


@dataclass(frozen=True, slots=True)
class PartialRepair:
    """An edit with which more columns are right than without, on one probe."""

    edit: RepairEdit
    right: frozenset[int]

    def with_each(self, found: Sequence[CandidateRepair]) -> list[CandidateRepair]:
        """Return what was found once this edit had been made, together with it."""
        return [CandidateRepair((self.edit, *each.edits), each.code) for each in found]


@dataclass(slots=True)
class Search:
    """A search for one function.

    Attributes
    ----------
    trials : Trials
        Where it is tried.
    source, code : SubmissionSource, StudentCode
        The submission as text and as trees.
    function : str
        The function with failed checks.
    others : tuple of str
        The functions that are looked at on their own.
    table : FaultDictionary
        The probes, and what is right on them.
    seen : ndarray of shape (probes, columns)
        What the student's function shows, NaN where it gives no value.
    programs : RightPrograms
        Those of the exercise.
    several : bool
        Whether several mistakes were named in the function.
    light : mapping
        The trees that are tried without the demonstrations at their top level, by file.
    partial : list of PartialRepair
        What is better than nothing.
    before_slips : list of PartialRepair
        Those of them after which all slips have been tried.
    """

    trials: Trials
    source: SubmissionSource
    code: StudentCode
    function: str
    others: tuple[str, ...]
    table: FaultDictionary
    seen: Rows
    budget: Budget
    say: Callable[[str], None]
    programs: RightPrograms
    several: bool
    light: Mapping[int, ast.Module]
    partial: list[PartialRepair] = field(default_factory=list)
    before_slips: list[PartialRepair] = field(default_factory=list)

    def repairs(self) -> Iterator[list[CandidateRepair]]:
        """Yield the edits that make the function right on all probes, the smallest first.

        One edit is preferred to two; but where several mistakes were named, two slips are preferred
        to a formula that is written anew.
        """
        scopes = self._scopes()
        watch = self._watch(scopes)
        insertions = self._insertions(scopes, watch)
        for found in chain(
            self._slips(scopes, watch),
            self._two_slips(scopes, watch) if self.several else (),
            self._small(scopes, watch, insertions),
            self._pairs(scopes, watch, insertions),
            self._large(watch, insertions),
        ):
            if any(_puts_in_a_number(each) for each in found):
                found = [*found, *self._numbers(watch, insertions)]
            if found:
                yield found
            if self.budget.is_spent:
                return

    def _slips(
        self, scopes: list[Scope], watch: ObservedRun | None
    ) -> Iterator[list[CandidateRepair]]:
        mends = _mending(watch)
        every = self._edits(scopes, lambda each: _slips(each, mends), mends)
        least = sum(each.alternative.cost == 1 for each in every)
        yield self._stage("least slips", every[:least])
        yield self._stage("slips", every[least:])

    def _two_slips(
        self, scopes: list[Scope], watch: ObservedRun | None
    ) -> Iterator[list[CandidateRepair]]:
        """Yield pairs of slips of which one alone makes more of the values right."""
        yield self._slips_that_help(scopes, watch)
        for first in self._most_promising():
            again = self._after(first)
            scopes = again._scopes()
            for found in again._slips(scopes, again._watch(scopes)):
                yield first.with_each(found)
            self.before_slips.append(first)

    def _small(
        self, scopes: list[Scope], watch: ObservedRun | None, insertions: Lazy
    ) -> Iterator[list[CandidateRepair]]:
        """Yield what each stage has found that is likely; made only when it is asked for."""
        mends = _mending(watch)
        yield self._alone("moves and calls", scopes, lambda each: _moved(each, mends), mends)
        yield self._alone("likely parts", insertions(), lambda each: each.likely(mends), mends)
        yield self._alone(
            "entries of formulas", insertions(), lambda each: each.entries(mends), mends
        )
        yield self._alone("steps", scopes, inserted, mends)
        yield self._alone("missing steps", insertions(), lambda each: each.steps(), mends)

    def _large(
        self, watch: ObservedRun | None, insertions: Lazy
    ) -> Iterator[list[CandidateRepair]]:
        """Yield what each stage has found that tries whatever there is."""
        mends = _mending(watch)
        yield self._numbers(watch, insertions)
        yield self._alone("repeated parts", insertions(), lambda each: each.repeated(mends), mends)
        yield self._alone("parts", insertions(), lambda each: each.unlikely(mends), mends)

    def _numbers(self, watch: ObservedRun | None, insertions: Lazy) -> list[CandidateRepair]:
        """Return the edits that put a number in: half of a sum is as well half of each term."""
        mends = _mending(watch)
        return self._alone("numbers", insertions(), lambda each: each.with_numbers(mends), mends)

    def _pairs(
        self, scopes: list[Scope], watch: ObservedRun | None, insertions: Lazy
    ) -> Iterator[list[CandidateRepair]]:
        """Yield pairs of edits of which one alone makes more of the values right."""
        helps = _helping(watch)
        if not self.several:
            yield self._slips_that_help(scopes, watch)
        yield self._alone("parts that help", insertions(), lambda each: each.likely(helps), helps)
        for first in self._most_promising():
            again = self._after(first)
            scopes = again._scopes()
            watch = again._watch(scopes)
            insertions = again._insertions(scopes, watch)
            slips_left = () if first in self.before_slips else again._slips(scopes, watch)
            for found in chain(slips_left, again._small(scopes, watch, insertions)):
                yield first.with_each(found)

    def _slips_that_help(
        self, scopes: list[Scope], watch: ObservedRun | None
    ) -> list[CandidateRepair]:
        helps = _helping(watch)
        return self._alone("slips that help", scopes, lambda each: slips(each, helps), helps)

    def _after(self, first: PartialRepair) -> Search:
        """Return the search that goes on where an edit has been made."""
        alternative, unit = first.edit.alternative, first.edit.unit
        tree = edited(self.code.files[unit.file].tree, alternative)
        code = self.code.with_tree(unit.file, tree)
        source = written(self.source, code, [unit.file], bare=True)
        light = without_demonstrations(code) if self.light else {}
        return replace(self, source=source, code=code, light=light, partial=[], before_slips=[])

    def _scopes(self) -> list[Scope]:
        return [Scope(each, self.code) for each in self.code.units(self.function, self.others)]

    def _alone(
        self,
        name: str,
        makers: Sequence[M],
        make: Callable[[M], Iterable[Alternative]],
        admits: Admits,
    ) -> list[CandidateRepair]:
        """Return the single edits of one stage that make the function right."""
        return self._stage(name, self._edits(makers, make, admits))

    def _edits(
        self, makers: Sequence[M], make: Callable[[M], Iterable[Alternative]], admits: Admits
    ) -> list[RepairEdit]:
        """Return the single edits of one stage, the smallest first; none without time for them."""
        if self.budget.is_spent:
            return []
        every = [
            RepairEdit(each, maker.unit)
            for maker in makers
            for each in make(maker)
            if not isinstance(each.old, ast.expr) or admits(each.old)
        ]
        every.sort(key=lambda each: each.alternative.cost)
        return every[:_MAX_TRIED]

    def _most_promising(self) -> list[PartialRepair]:
        best: dict[frozenset[int], PartialRepair] = {}
        for each in self.partial:
            known = best.get(each.right)
            if known is None or each.edit.alternative.cost < known.edit.alternative.cost:
                best[each.right] = each
        ranked = sorted(
            best.values(), key=lambda each: (-len(each.right), each.edit.alternative.cost)
        )
        return ranked[:_MAX_PARTIAL]

    def _watch(self, scopes: list[Scope]) -> ObservedRun | None:
        """Return what all expressions are worth on a probe; None where that is not to be had."""
        notes = Instrumentation(scopes)
        source = self._tried(notes.files, notes.written_into)
        probe = self._most_telling()[0]
        if not self.trials.load(source, self.function):
            return None
        return observe_run(self.trials, self.function, self.table, probe, scopes, notes)

    def _insertions(self, scopes: list[Scope], watch: ObservedRun | None) -> Lazy:
        """Return what can be put in, worked out when it is asked for."""
        return functools.cache(lambda: self._made_insertions(scopes, watch))

    def _made_insertions(self, scopes: list[Scope], watch: ObservedRun | None) -> list[Insertions]:
        if watch is None or self.budget.is_spent:
            return []
        probe = self._most_telling()[0]
        with self.budget.stopped():
            right = self.programs.values(self.function, probe, self.table.inputs[probe])
        if right is None:
            return []
        every = [
            StudentValues(
                scope,
                turning,
                watch.values,
                watch.kept(scope),
                watch.counted(scope).get(turning, {}),
                watch.ended(scope),
            )
            for scope in scopes
            for turning in scope.regions
        ]
        known = frozenset(key for own in every for key in own.by_first)
        return [Insertions(own, right, Translator(own, right), known) for own in every]

    def _stage(self, name: str, every: Sequence[RepairEdit]) -> list[CandidateRepair]:
        """Return the edits of one stage that make the function right on all probes."""
        if self.budget.is_spent:
            self.say(f"  repair: the search ends before {name}")
            return []
        if not every:
            return []
        owners = {id(each.alternative): each for each in every}
        schema = Schema.of([each.alternative for each in every])
        source = self._tried({each.unit.file for each in every}, schema.text)
        if not self.trials.load(source, self.function):
            self.say(f"  repair: {name} cannot be loaded")
            return []
        numbers = self._right(schema, owners)
        self.say(f"  repair: {len(schema.numbered)} {name}, {len(numbers)} right on all probes")
        found = [owners[id(schema.alternative(number))] for number in numbers]
        return [CandidateRepair((each,), self.code) for each in found]

    def _tried(self, files: Collection[int], text: Callable[[ast.Module], str]) -> SubmissionSource:
        """Return the submission with what is tried in it, as `text` writes it into a file."""
        trees = {file: self.code.files[file].tree for file in files} | dict(self.light)
        code = self.code.with_texts({file: text(tree) for file, tree in trees.items()})
        return written(self.source, code, sorted(trees), bare=False)

    def _right(self, schema: Schema, owners: dict[int, RepairEdit]) -> list[int]:
        """Return the numbers of the alternatives with which all probes are right."""
        probes = self._most_telling()
        first = probes[0]
        before = agree(self.seen[first], self.table.right[first])
        numbers: list[int] = []
        for number, row in self._rows(first, range(1, len(schema.numbered) + 1)):
            after = agree(row, self.table.right[first])
            if _all_right(after):
                numbers.append(number)
            elif (after & ~before)[:-1].any() and not (before & ~after)[:-1].any():
                right = frozenset(after[:-1].nonzero()[0].tolist())
                self.partial.append(PartialRepair(owners[id(schema.alternative(number))], right))
        for probe in probes[1:]:
            numbers = [
                number
                for number, row in self._rows(probe, numbers)
                if _all_right(agree(row, self.table.right[probe]))
            ]
        return numbers

    def _rows(self, probe: int, numbers: Sequence[int]) -> Iterator[tuple[int, Rows]]:
        inputs = self.table.inputs[probe]
        rows: dict[int, tuple[ObservedCall, Rows | None]] = {}
        for number, call in self.trials.shown(self.function, inputs, numbers):
            if id(call) not in rows:
                rows[id(call)] = call, self.table.layout.row(probe, call)
            row = rows[id(call)][1]
            if row is not None:
                yield number, row

    def _most_telling(self) -> list[int]:
        """Return the probes, that first in which most is wrong."""
        wrong = [
            -int((~agree(seen, right)).sum())
            for seen, right in zip(self.seen, self.table.right, strict=True)
        ]
        return sorted(range(len(wrong)), key=wrong.__getitem__)


def _all_right(columns: Mask) -> bool:
    """Return whether all is right; a warning alone is none of the values' faults."""
    return bool(columns[:-1].all())


def _slips(scope: Scope, admits: Admits) -> Iterator[Alternative]:
    yield from slips(scope, admits)
    yield from statement_slips(scope)


def _moved(scope: Scope, admits: Admits) -> Iterator[Alternative]:
    yield from moves(scope)
    yield from wraps(scope, admits)
    yield from filled(scope)


def _puts_in_a_number(found: CandidateRepair) -> bool:
    new = found.edits[-1].alternative.new
    kind = found.edits[-1].alternative.kind
    return (
        len(found.edits) == 1
        and kind in ("factor", "term", "power")
        and isinstance(new, ast.BinOp)
        and any(isinstance(each, ast.Constant) for each in (new.left, new.right))
    )


def _mending(watch: ObservedRun | None) -> Admits:
    """Return whether an edit of an expression may make the function right."""
    if watch is None:
        return lambda _node: True
    return lambda node: watch.may_mend(node) and not watch.spoils(node)


def _helping(watch: ObservedRun | None) -> Admits:
    """Return whether an edit of an expression may make some of the values right, but not all."""
    if watch is None:
        return lambda _node: False
    return lambda node: watch.may_help(node) and not watch.spoils(node)
