"""What a student's expressions are worth on a probe, and which values each of them goes into.

Each expression is shaken in turn: run with another value in its place. One that some wrong value
does not depend on cannot mend it; one number that a right value depends on would spoil that.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from grader.comparison.values import agree
from grader.diagnosis.fault_dictionary import FaultDictionary
from grader.diagnosis.repair.schemata import LoopNotes, Schema, with_notes
from grader.diagnosis.repair.scope import Scope, set_in
from grader.diagnosis.repair.trials import Trials
from grader.diagnosis.repair.value_keys import number
from grader.quick_dataclass import dataclass

Columns = frozenset[int]


@dataclass(frozen=True, slots=True)
class Influence:
    """The columns that change with an expression, and whether it is one number, met once."""

    columns: Columns
    single: bool


class Instrumentation:
    """Where notes are taken of the functions in `scopes`."""

    def __init__(self, scopes: Sequence[Scope]) -> None:
        self.nodes = [
            spot.node
            for scope in scopes
            for spot in scope.spots
            if not isinstance(spot.node, ast.Constant) and not _is_sliced(spot.node)
        ]
        self.ends = [node for scope in scopes for node in scope.ends]
        every = enumerate([*self.nodes, *self.ends], 1)
        self.places = {id(node): str(place) for place, node in every}
        loops = [(node, names) for scope in scopes for node, (_, names) in scope.loops.items()]
        self.turns = {
            id(node): LoopNotes(f"turn {number}", names, set_in(node))
            for number, (node, names) in enumerate(loops)
        }
        self.files = sorted({scope.unit.file for scope in scopes})

    def written_into(self, tree: ast.Module) -> str:
        """Return a file's text in which notes are taken."""
        return Schema().text(with_notes(tree, self.places, self.turns))


class ObservedRun:
    """What was noted while a function ran on a probe.

    Attributes
    ----------
    values : mapping
        What each expression was worth, by its node's id.
    """

    def __init__(
        self,
        scopes: Sequence[Scope],
        notes: Instrumentation,
        told: Mapping[str, list[Any]],
        influence: Mapping[int, Influence],
        wrong: Columns | None,
        jumping: Columns = frozenset(),
    ) -> None:
        self.values = {id(node): told.get(notes.places[id(node)], []) for node in notes.nodes}
        self._told = told
        self._notes = notes
        self._influence = influence
        self._wrong = wrong
        self._telling = None if wrong is None else wrong - jumping
        self._above = {
            id(spot.node): (spot.node, *reversed(spot.above))
            for scope in scopes
            for spot in scope.spots
            if not isinstance(spot.parent, ast.Expr)  # a call may be missing: all may change
        }

    def kept(self, scope: Scope) -> dict[str, list[Any]]:
        """Return what the variables of a function were worth where it returned."""
        kept = {
            name: values
            for node in scope.ends
            for name in scope.names
            if (values := self._told.get(f"{self._notes.places[id(node)]}:{name}"))
        }
        for node in scope.loops:
            if not isinstance(node, ast.For):
                for name, values in self._turns(node).items():
                    kept.setdefault(name, values)
        return kept

    def counted(self, scope: Scope) -> dict[frozenset[str], dict[str, list[Any]]]:
        """Return how the counters turned in the loops of a function, by which of them turn."""
        found: dict[frozenset[str], dict[str, list[Any]]] = {}
        for node, (turning, _names) in scope.loops.items():
            turns = self._turns(node)
            if turning and turns:
                found.setdefault(turning, {name: turns[name] for name in turning if name in turns})
        return found

    def ended(self, scope: Scope) -> dict[frozenset[str], dict[str, list[Any]]]:
        """Return what variables were worth when each turn of a loop was over, as `counted` does."""
        found: dict[frozenset[str], dict[str, list[Any]]] = {}
        for node, (turning, _names) in scope.loops.items():
            at = self._notes.turns[id(node)]
            found.setdefault(turning, {}).update(self._noted(f"{at.place} end", at.last))
        return found

    def _turns(self, node: ast.AST) -> dict[str, list[Any]]:
        at = self._notes.turns[id(node)]
        return self._noted(at.place, at.first)

    def _noted(self, place: str, names: Sequence[str]) -> dict[str, list[Any]]:
        return {name: values for name in names if (values := self._told.get(f"{place}:{name}"))}

    def may_mend(self, node: ast.AST) -> bool:
        """Return whether another value of an expression may make all wrong values right.

        A verdict, or a number that is counted, may stay as it is under a small change of what it
        depends on: of these nothing is told.
        """
        found = self._of(node)
        return found is None or self._telling is None or self._telling <= found.columns

    def may_help(self, node: ast.AST) -> bool:
        """Return whether another value may make some of the wrong values right, but not all."""
        found = self._of(node)
        if found is None or self._wrong is None:
            return False
        return bool(found.columns & self._wrong) and not self._wrong <= found.columns

    def spoils(self, node: ast.AST) -> bool:
        """Return whether another value would make right ones wrong."""
        found = self._of(node)
        if found is None or self._wrong is None:
            return False
        return found.single and not found.columns <= self._wrong

    def _of(self, node: ast.AST) -> Influence | None:
        """Return the influence of the expression, or of the nearest one around it."""
        for each in self._above.get(id(node), ()):
            found = self._influence.get(id(each))
            if found is not None:
                return found
            if not isinstance(each, ast.expr):
                break
        return None


def observe_run(
    trials: Trials,
    function: str,
    table: FaultDictionary,
    probe: int,
    scopes: Sequence[Scope],
    notes: Instrumentation,
) -> ObservedRun:
    """Run a function with notes, then once for each expression with another value of it."""
    inputs = table.inputs[probe]
    told = trials.noted(function, inputs)
    rows = {}
    numbers = [0, *range(1, len(notes.nodes) + 1)]
    for place, call in trials.shown(function, inputs, numbers):
        row = table.layout.row(probe, call)
        if row is not None:
            rows[place] = row
    plain = rows.pop(0, None)
    if plain is None:
        return ObservedRun(scopes, notes, told, {}, None)
    influence = {}
    for place, row in rows.items():
        changed = ~agree(row, plain)[:-1]
        node = notes.nodes[place - 1]
        influence[id(node)] = Influence(
            frozenset(changed.nonzero()[0].tolist()), _is_single(told.get(str(place), ()))
        )
    wrong = ~agree(plain, table.right[probe])[:-1]
    jumping = (table.right[:, :-1] == np.round(table.right[:, :-1])).all(axis=0)
    columns = [frozenset(each.nonzero()[0].tolist()) for each in (wrong, jumping)]
    return ObservedRun(scopes, notes, told, influence, *columns)


def _is_single(values: Sequence[Any]) -> bool:
    array = number(values[0]) if len(values) == 1 else None
    return array is not None and array.size == 1


def _is_sliced(node: ast.expr) -> bool:
    return isinstance(node, ast.Tuple) and any(isinstance(each, ast.Slice) for each in node.elts)
