"""Edits that put in what is missing: a factor, a term, a call, or a right formula.

What a student has left out is worked out from values: an edit is tried first where with it the
expression would be worth what an expression of a right program is worth.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, Final

import numpy as np

from grader.diagnosis.repair.alternatives import Admits, Alternative, everywhere
from grader.diagnosis.repair.gaps import Gap, gaps_in
from grader.diagnosis.repair.right_values import RightValues
from grader.diagnosis.repair.scope import Scope, Spot, atoms, chain, difference
from grader.diagnosis.repair.translation import StudentValue, StudentValues, Translator
from grader.diagnosis.repair.value_keys import Array, Key, is_zero, key_of
from grader.diagnosis.repair.wanted_values import (
    WantedValues,
    is_steady,
    leads_to,
    matrix_times,
    results_of,
    times_matrix,
)
from grader.quick_dataclass import dataclass

Operation = tuple[str, int, Callable[[Any, Any], Any], Callable[[ast.expr, ast.expr], ast.expr]]


def _binary(
    operator: ast.operator, turned: bool = False
) -> Callable[[ast.expr, ast.expr], ast.expr]:
    def made(own: ast.expr, other: ast.expr) -> ast.expr:
        return ast.BinOp(other, operator, own) if turned else ast.BinOp(own, operator, other)

    return made


_OPERATIONS: Final[tuple[Operation, ...]] = (
    ("factor", 2, lambda a, b: a * b, _binary(ast.Mult())),
    ("term", 2, lambda a, b: a + b, _binary(ast.Add())),
    ("term", 2, lambda a, b: a - b, _binary(ast.Sub())),
    ("term", 2, lambda a, b: b - a, _binary(ast.Sub(), turned=True)),
    ("factor", 2, lambda a, b: a / b, _binary(ast.Div())),
    ("factor", 2, times_matrix, _binary(ast.MatMult())),
    ("factor", 2, matrix_times, _binary(ast.MatMult(), turned=True)),
    ("factor", 3, lambda a, b: b / a, _binary(ast.Div(), turned=True)),
    ("power", 2, lambda a, b: a**b, _binary(ast.Pow())),
)
_PLAIN_OPERATIONS: Final = 4
_GROWING: Final = frozenset({"append", "insert", "extend"})
_CONSTANTS: Final = tuple(
    StudentValue(
        ast.Constant(value), (np.asarray(float(value)),), ((key_of(np.asarray(float(value))),)), 1
    )
    for value in (1, 2, 0.5)
)


def wraps(scope: Scope, admits: Admits = everywhere) -> Iterator[Alternative]:
    """Yield the edits that call one of the functions at hand on an expression."""
    for spot in scope.spots:
        if not _may_grow(spot) or isinstance(spot.node, ast.Constant) or not admits(spot.node):
            continue
        for function in scope.calls.values():
            if isinstance(spot.node, ast.Call) and ast.dump(spot.node.func) == ast.dump(function):
                continue
            yield Alternative("call", 2, spot.node, ast.Call(function, [spot.node], []), spot.node)


def _is_whole(spot: Spot) -> bool:
    """Return whether it is all that is assigned, returned, added to a list, or made in turn."""
    parent = spot.parent
    if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Attribute):
        return parent.func.attr in _GROWING
    if isinstance(parent, ast.GeneratorExp | ast.ListComp):
        return parent.elt is spot.node
    return isinstance(parent, ast.Assign | ast.AugAssign | ast.Return | ast.Tuple | ast.List)


def _may_grow(spot: Spot) -> bool:
    if isinstance(spot.parent, ast.Attribute) and spot.parent.attr in _GROWING:
        return False
    if spot.is_index or isinstance(spot.node, ast.Tuple | ast.Compare | ast.BoolOp | ast.Lambda):
        return False
    if isinstance(spot.node, ast.Constant):
        return type(spot.node.value) in (int, float)
    return True


@dataclass(frozen=True, slots=True)
class Formula:
    """A right formula in the student's names, what it is worth, and what it is made of."""

    worth: Array
    node: ast.expr
    atoms: Counter[str]


class Insertions:
    """The edits that put something in, for one function of the student's."""

    def __init__(
        self, own: StudentValues, right: RightValues, translator: Translator, known: frozenset[Key]
    ) -> None:
        self.unit: Final = own.scope.unit
        self._own = own
        self._right = right
        self._translator = translator
        self._formulas_by_view: dict[str, list[Formula]] = {}
        self._missing = WantedValues(
            frozenset(key for key in right.keys - known if not is_zero(key))
        )
        self._known = WantedValues(right.keys & known)

    def likely(self, admits: Admits) -> Iterator[Alternative]:
        """Yield the edits that make an expression worth what is right and not worked out yet."""
        yield from self._towards(self._missing, admits)
        yield from self._formulas(admits)

    def repeated(self, admits: Admits) -> Iterator[Alternative]:
        """Yield the edits that make an expression worth what is right, and is worked out already.

        So it is where one value is needed twice.
        """
        yield from self._towards(self._known, admits)

    def _towards(self, wanted: WantedValues, admits: Admits) -> Iterator[Alternative]:
        """Yield the edits that lead to a wanted value; first those that do so again and again."""
        later: list[Alternative] = []
        with np.errstate(all="ignore"):
            for spot, values in self._spots(admits):
                for steady, alternative in self._grown(spot, values, wanted):
                    if steady:
                        yield alternative
                    else:
                        later.append(alternative)
                yield from self._called(spot, values, wanted)
        yield from later

    def _formulas(self, admits: Admits) -> Iterator[Alternative]:
        """Yield the edits that put a right formula in an expression's place."""
        whole, in_turn = self._missing_ones("whole"), self._missing_ones("in turn")
        for spot, values in self._spots(admits):
            first, total = values[0], _is_whole(spot)
            if isinstance(spot.node, ast.Name) and spot.node.id in self._own.scope.worked_out:
                continue  # the formula belongs where it is worked out
            constant = isinstance(spot.node, ast.Constant)
            made = [
                each
                for each in whole
                if (total and (each.worth.ndim or not first.ndim))
                or (each.worth.shape == first.shape and not constant)
            ]
            if constant and not isinstance(spot.parent, ast.Return):
                made += in_turn
            elif not first.ndim and len(values) > 1:
                made += [each for each in in_turn if not len(values) % each.worth.size]
            own = atoms(spot.node)
            for each in made:
                cost = 1 + difference(own, each.atoms)
                yield Alternative("formula", cost, spot.node, each.node, spot.node)

    def entries(self, admits: Admits) -> Iterator[Alternative]:
        """Yield the edits that put one entry of a right formula in an expression's place."""
        made = [(each, atoms(each)) for each in self._entries()]
        for spot, values in self._spots(admits):
            statement = isinstance(spot.parent, ast.Assign | ast.Call | ast.List)
            once = statement and len(values) == 1 and not isinstance(spot.node, ast.Constant)
            if (once or isinstance(spot.parent, ast.Return)) and not values[0].ndim:
                own = atoms(spot.node)
                for each, parts in made:
                    cost = 1 + difference(own, parts)
                    yield Alternative("formula", cost, spot.node, each, spot.node)

    def steps(self) -> Iterator[Alternative]:
        """Yield the edits that put in a step which works out what is right and lacking."""
        for gap in gaps_in(self._own.scope):
            if gap.turning == self._own.turning:
                more = 3 if gap.is_open else 4
                for statement, cost in (*self._changed(gap), *self._set(gap), *self._added(gap)):
                    new = gap.filled(statement)
                    yield Alternative("dropped", more + cost, gap.statement, new, gap.marked)

    def _changed(self, gap: Gap) -> Iterator[tuple[ast.stmt, int]]:
        """Yield the steps that change a variable: `w = w - rate * slopes`."""
        for own in self._own.short:
            target = self._target(own.node)
            if target is not None:
                spot = Spot(own.node, (gap.statement,))
                with np.errstate(all="ignore"):
                    for _steady, each in self._grown(spot, own.values, self._missing):
                        assert isinstance(each.new, ast.expr)
                        yield ast.Assign([target], each.new, lineno=1), each.cost

    def _set(self, gap: Gap) -> Iterator[tuple[ast.stmt, int]]:
        """Yield the steps that give a variable a right value: one that nothing defines, if any."""
        scope = self._own.scope
        names = scope.undefined or (scope.worked_out if gap.is_open else ())
        for name in sorted(names):
            for each in self._formulas_for(gap):
                target = ast.Name(name, ast.Store())
                yield ast.Assign([target], each.node, lineno=1), each.atoms.total()

    def _added(self, gap: Gap) -> Iterator[tuple[ast.stmt, int]]:
        """Yield the steps that put a right value into a list."""
        known = [
            (each.node, each.size)
            for each in self._own.short
            if isinstance(each.node, ast.Name) and each.keys[0] in self._right.keys
        ]
        for name in sorted(self._own.scope.lists):
            append = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
            formulas = [(each.node, each.atoms.total()) for each in self._formulas_for(gap)]
            for made, size in (*formulas, *known):
                yield ast.Expr(ast.Call(append, [made], [])), size

    def _formulas_for(self, gap: Gap) -> list[Formula]:
        views = ("whole", "in turn") if gap.turning else ("whole",)
        return [each for view in views for each in self._missing_ones(view)]

    def _target(self, node: ast.expr) -> ast.expr | None:
        """Return a variable or an attribute as something to assign to; None for all else."""
        if isinstance(node, ast.Name):
            counts = node.id in self._own.scope.counters
            return None if counts else ast.Name(node.id, ast.Store())
        if isinstance(node, ast.Attribute) and chain(node):
            return ast.Attribute(node.value, node.attr, ast.Store())
        return None

    def with_numbers(self, admits: Admits) -> Iterator[Alternative]:
        """Yield the edits that put a number in: twice, half of it, 1 minus it."""
        for spot, _values in self._spots(admits):
            for other in _CONSTANTS:
                for kind, cost, _operate, made in _OPERATIONS:
                    new = made(spot.node, other.node)
                    yield Alternative(kind, cost, spot.node, new, spot.node)

    def unlikely(self, admits: Admits) -> Iterator[Alternative]:
        """Yield the edits that put something in wherever it can be."""
        for spot, _values in self._spots(admits):
            for other in self._pool:
                for kind, cost, _operate, made in _OPERATIONS[:_PLAIN_OPERATIONS]:
                    new = made(spot.node, other.node)
                    yield Alternative(kind, cost, spot.node, new, spot.node)

    def _spots(self, admits: Admits) -> Iterator[tuple[Spot, tuple[Array, ...]]]:
        for spot in self._own.scope.regions[self._own.turning]:
            values = self._own.values(spot.node)
            constant = spot.node.value if isinstance(spot.node, ast.Constant) else None
            if isinstance(constant, int | float):
                values = (np.asarray(float(constant)),)
            if _may_grow(spot) and values is not None and admits(spot.node):
                yield spot, values

    @cached_property
    def _pool(self) -> list[StudentValue]:
        formulas = [
            StudentValue(each.node, (each.worth,), (key_of(each.worth),), each.atoms.total())
            for each in self._written("whole")
        ]
        return [*_CONSTANTS, *self._own.short, *self._products(), *formulas]

    def _products(self) -> Iterator[StudentValue]:
        """Yield the products of a number and an array that have names."""
        names = [
            each for each in self._own.short if isinstance(each.node, ast.Name | ast.Attribute)
        ]
        for one in names:
            for two in names:
                if not one.values[0].ndim and two.values[0].ndim:
                    worth = one.values[0] * two.values[0]
                    node = ast.BinOp(one.node, ast.Mult(), two.node)
                    yield StudentValue(node, (worth,), (key_of(worth),), 2)

    def _missing_ones(self, view: str) -> list[Formula]:
        """Return the right formulas whose values are not worked out yet."""
        return [each for each in self._written(view) if key_of(each.worth) in self._missing.keys]

    def _written(self, view: str) -> list[Formula]:
        if view in self._formulas_by_view:
            return self._formulas_by_view[view]
        found = self._formulas_by_view[view] = []
        for node in self._right_formulas():
            translator = self._translator
            made = translator.whole(node) if view == "whole" else translator.in_turn(node)
            if made is not None:
                found.append(Formula(self._right.worth[id(node)], made, atoms(made)))
        return found

    def _right_formulas(self) -> Iterator[ast.expr]:
        yield from self._right.expressions.values()
        yield from self._right.written_out.values()

    def _entries(self) -> Iterator[ast.expr]:
        for node in self._right_formulas():
            worth = self._right.worth[id(node)]
            if 0 < worth.ndim <= 2 and worth.size <= 8:
                for index in np.ndindex(worth.shape):
                    if key_of(np.asarray(worth[index])) not in self._missing.keys:
                        continue
                    made = self._translator.entry(node, index)
                    if made is not None and not isinstance(made, ast.Name):
                        yield made

    def _grown(
        self, spot: Spot, values: tuple[Array, ...], wanted: WantedValues
    ) -> Iterator[tuple[bool, Alternative]]:
        first = values[0]
        own = key_of(first)
        for others, stack in self._by_shape:
            for kind, cost, operate, made in _OPERATIONS:
                results = results_of(operate, first, stack)
                if results is None:
                    continue
                for number in wanted.near(results):
                    other = others[number]
                    if kind == "power" and not isinstance(other.node, ast.Constant):
                        continue
                    if other.values[0] is first:
                        continue
                    key = key_of(results[number])
                    if key != own and wanted.holds(results[number]):
                        more = other.size - 1 + (other.size > 1 and kind != "factor")
                        new = made(spot.node, other.node)
                        steady = is_steady(operate, values, other.values, wanted)
                        yield steady, Alternative(kind, cost + more, spot.node, new, spot.node)

    @cached_property
    def _by_shape(self) -> list[tuple[list[StudentValue], Array]]:
        """What may be put in, by the shape that it has the first time."""
        groups: dict[tuple[int, ...], list[StudentValue]] = {}
        for each in (*self._pool, *self._own.lengths.values()):
            groups.setdefault(each.values[0].shape, []).append(each)
        return [
            (others, np.stack([other.values[0] for other in others])) for others in groups.values()
        ]

    def _called(
        self, spot: Spot, values: tuple[Array, ...], wanted: WantedValues
    ) -> Iterator[Alternative]:
        """Yield products of all entries, where these are worth what is right."""
        if not self._own.scope.numpy or values[0].ndim != 1:
            return
        outer = ast.Attribute(ast.Name(self._own.scope.numpy, ast.Load()), "outer", ast.Load())
        for other in self._own.short:
            if other.values[0].ndim != 1:
                continue
            if leads_to(wanted, np.outer, values[0], other.values[0]):
                new = ast.Call(outer, [spot.node, other.node], [])
                yield Alternative("call", 2, spot.node, new, spot.node)
            if leads_to(wanted, np.outer, other.values[0], values[0]):
                new = ast.Call(outer, [other.node, spot.node], [])
                yield Alternative("call", 2, spot.node, new, spot.node)
