"""The expressions of right programs in a student's own names, matched by what they are worth."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Any, Final

import numpy as np

from grader.diagnosis.repair.right_values import RightValues
from grader.diagnosis.repair.scope import Scope, atoms
from grader.diagnosis.repair.value_keys import Array, Key, entries_of, key_of, keys_of, number
from grader.quick_dataclass import dataclass

_MAX_ATOMS: Final = 3
_MAX_ENTRIES: Final = 8
_ELEMENTWISE: Final = frozenset(
    {"exp", "log", "abs", "sqrt", "square", "tanh", "where", "maximum", "minimum", "logaddexp"}
)


@dataclass(frozen=True, slots=True)
class StudentValue:
    """A short expression of a student's, and what it is worth each time."""

    node: ast.expr
    values: tuple[Array, ...]
    keys: tuple[Key, ...]
    size: int


class StudentValues:
    """What the expressions of one function of a student's are worth on a probe.

    Parameters
    ----------
    scope : Scope
        The function.
    turning : frozenset of str
        The counters of the loops that are gone through: others have no meaning there.
    watched : mapping
        What was noted, by the expression's id.
    kept : mapping
        What the variables were worth where the function returned.
    counted : mapping
        How the counters turned.
    ended : mapping
        What variables were worth at the end of each turn, by the counters of the loop.
    """

    def __init__(
        self,
        scope: Scope,
        turning: frozenset[str],
        observe_run: Mapping[int, list[Any]],
        kept: Mapping[str, list[Any]],
        counted: Mapping[str, list[Any]],
        ended: Mapping[frozenset[str], Mapping[str, list[Any]]],
    ) -> None:
        self.scope = scope
        self.turning = turning
        self._watched = observe_run
        self._kept = kept
        self._turns = counted
        self._ended = ended

    def values(self, node: ast.expr) -> tuple[Array, ...] | None:
        """Return what an expression was worth, time after time; None where that is no number."""
        return _numbers(self._watched.get(id(node), ()))

    @cached_property
    def short(self) -> list[StudentValue]:
        """The short expressions, one for each worth, shortest first."""
        found: dict[tuple[Key, ...], StudentValue] = {}
        for node, values in (*self._read(), *self._kept_entries(), *self._counted()):
            size = atoms(node).total()
            keys = keys_of(values)
            if keys is not None and (keys not in found or size < found[keys].size):
                found[keys] = StudentValue(node, values, keys, size)
        return sorted(found.values(), key=lambda each: each.size)

    def _read(self) -> Iterator[tuple[ast.expr, tuple[Array, ...]]]:
        """Yield the short expressions that stand in the function."""
        for spot in self.scope.spots:
            values = self.values(spot.node)
            short = atoms(spot.node).total() <= _MAX_ATOMS
            if values is not None and short and not spot.is_index and self._has_sense(spot.node):
                yield spot.node, values

    def _has_sense(self, node: ast.expr) -> bool:
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        return not (names & self.scope.counters) - self.turning

    @cached_property
    def _arrays(self) -> list[tuple[ast.expr, Array]]:
        """The variables, each with the value that it has in the end."""
        found = []
        for name, values in self._kept.items():
            numbers = _numbers(values)
            if numbers is not None and len({key_of(each) for each in numbers}) == 1:
                found.append((self.scope.names[name], numbers[0]))
        return found

    def _kept_entries(self) -> Iterator[tuple[ast.expr, tuple[Array, ...]]]:
        """Yield the variables, and their entries by number."""
        ended = self._ended.get(self.turning, {})
        for name, values in (*self._kept.items(), *ended.items()):
            numbers = _numbers(values)
            if numbers is not None:
                yield self.scope.names[name], numbers
        for node, array in self._arrays:
            yield node, (array,)
            if not self.turning and 0 < array.ndim <= 2 and array.size <= _MAX_ENTRIES:
                for index in np.ndindex(array.shape):
                    yield indexed(node, index), (np.asarray(array[index]),)

    def _counted(self) -> Iterator[tuple[ast.expr, tuple[Array, ...]]]:
        """Yield the entries of variables that the counters of loops lead to."""
        counted: dict[tuple[str, int], tuple[int, ...]] = {
            (name, len(values)): tuple(values)
            for name, values in self._turns.items()
            if len(values) > 1 and all(type(each) is int for each in values)
        }
        for spot in self.scope.regions[self.turning]:
            if isinstance(spot.node, ast.Name) and spot.node.id in self.turning:
                values = self.values(spot.node)
                if values is not None and len(values) > 1 and all(map(_counts, values)):
                    turns = tuple(int(each) for each in values)
                    counted.setdefault((spot.node.id, len(turns)), turns)
        for node, array in self._arrays:
            for (name, times), turns in counted.items():
                one = ast.Subscript(node, ast.Name(name, ast.Load()), ast.Load())
                if array.ndim == 1 and max(turns) < len(array):
                    yield one, tuple(np.asarray(array[each]) for each in turns)
                if array.ndim != 2:
                    continue
                for (other, again), inner in counted.items():
                    if again != times or other == name:
                        continue
                    if max(turns) < array.shape[0] and max(inner) < array.shape[1]:
                        two = ast.Subscript(one, ast.Name(other, ast.Load()), ast.Load())
                        pairs = zip(turns, inner, strict=True)
                        yield two, tuple(np.asarray(array[pair]) for pair in pairs)
        yield from self._renewed(counted)

    def _renewed(
        self, counted: Mapping[tuple[str, int], tuple[int, ...]]
    ) -> Iterator[tuple[ast.expr, tuple[Array, ...]]]:
        """Yield the entries of variables that an outer loop sets anew in each turn."""
        for (name, times), turns in counted.items():
            for (outer, again), around in counted.items():
                ended = self._ended.get(frozenset({outer}), {})
                if again != times or self.turning != {name, outer} or name == outer:
                    continue
                for variable, values in ended.items():
                    arrays = _numbers(values)
                    if arrays is None or max(around) >= len(arrays):
                        continue
                    if all(each.ndim == 1 and max(turns) < len(each) for each in arrays):
                        one = ast.Name(name, ast.Load())
                        entry = ast.Subscript(self.scope.names[variable], one, ast.Load())
                        pairs = zip(around, turns, strict=True)
                        yield entry, tuple(np.asarray(arrays[a][b]) for a, b in pairs)

    @cached_property
    def lengths(self) -> dict[Key, StudentValue]:
        """How long the variables are, one for each length: what a mean is taken over."""
        found: dict[Key, StudentValue] = {}
        for name, values in self._kept.items():
            arrays = _numbers(values)
            if "len" in self.scope.names or arrays is None or not arrays[0].ndim:
                continue
            node = ast.Call(ast.Name("len", ast.Load()), [self.scope.names[name]], [])
            worth = np.asarray(float(len(arrays[0])))
            key = key_of(worth)
            found.setdefault(key, StudentValue(node, (worth,), (key,), 2))
        return found

    @cached_property
    def by_first(self) -> dict[Key, StudentValue]:
        """The same by what they are worth the first time: later times may follow a mistake."""
        found: dict[Key, StudentValue] = {}
        for each in self.short:
            found.setdefault(each.keys[0], each)
        return found

    @cached_property
    def by_turns(self) -> dict[tuple[Key, ...], StudentValue]:
        """The same by what they are worth the first times, two or more."""
        found: dict[tuple[Key, ...], StudentValue] = {}
        for each in self.short:
            for count in range(2, len(each.keys) + 1):
                found.setdefault(each.keys[:count], each)
        return found


def _counts(value: Array) -> bool:
    """Return whether it is a whole number: a loop may go through arrays as well."""
    return not value.ndim and float(value).is_integer()


def _numbers(values: Sequence[Any]) -> tuple[Array, ...] | None:
    found = [number(each) for each in values]
    if not found or any(each is None for each in found):
        return None
    return tuple(each for each in found if each is not None)


@dataclass(slots=True)
class Translator:
    """Writes right expressions in the names of one of the student's functions."""

    own: StudentValues
    right: RightValues
    _made: dict[tuple[int, Any], ast.expr | None] = field(default_factory=dict)

    def whole(self, node: ast.expr) -> ast.expr | None:
        """Return an expression as a whole; None where there are no names for it."""
        return self._translated(node, "whole")

    def entry(self, node: ast.expr, index: tuple[int, ...]) -> ast.expr | None:
        """Return one entry of an expression, as code that works with single numbers has it."""
        return self._translated(node, index)

    def in_turn(self, node: ast.expr) -> ast.expr | None:
        """Return an expression as a loop over its entries has it."""
        return self._translated(node, "in turn")

    def _translated(
        self, node: ast.expr, view: Any, shape: tuple[int, ...] = ()
    ) -> ast.expr | None:
        key = id(node), (view, shape)
        if key not in self._made:
            self._made[key] = None
            self._made[key] = self._found(node, view, shape) or self._rebuilt(node, view, shape)
        return self._made[key]

    def _found(self, node: ast.expr, view: Any, shape: tuple[int, ...]) -> ast.expr | None:
        """Return an expression of the student's that is worth the same."""
        worth = self.right.worth.get(id(node))
        if worth is None:
            return None
        own: StudentValue | None = None
        if view == "in turn" and worth.ndim:
            own = self.own.by_turns.get(tuple(entries_of(worth)))
        elif view == "whole" or not worth.ndim:
            key = key_of(worth)
            own = self.own.by_first.get(key)
            if own is None and not isinstance(node, ast.Constant):
                own = self.own.lengths.get(key)
        else:
            entry = _entry_of(worth, view, shape)
            own = self.own.by_first.get(key_of(entry)) if entry is not None else None
        return own.node if own is not None else None

    def _rebuilt(self, node: ast.expr, view: Any, shape: tuple[int, ...]) -> ast.expr | None:
        if isinstance(node, ast.Constant):
            return node
        worth = self.right.worth.get(id(node))
        if isinstance(view, tuple) and worth is not None and not shape:
            shape = worth.shape
        if isinstance(node, ast.UnaryOp):
            inner = self._translated(node.operand, view, shape)
            return ast.UnaryOp(node.op, inner) if inner is not None else None
        if isinstance(node, ast.BinOp):
            if isinstance(node.op, ast.MatMult) and view != "whole":
                return self._summed(node, view) if isinstance(view, tuple) else None
            left = self._translated(node.left, view, shape)
            right = self._translated(node.right, view, shape) if left is not None else None
            return (
                ast.BinOp(left, node.op, right) if left is not None and right is not None else None
            )
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            left = self._translated(node.left, view, shape)
            right = self._translated(node.comparators[0], view, shape)
            return ast.Compare(left, node.ops, [right]) if left and right else None
        if isinstance(node, ast.Call) and not node.keywords:
            return self._call(node, view, shape)
        if isinstance(node, ast.Name) and worth is not None:
            meant = self.right.expressions.get(key_of(worth))
            return self._translated(meant, view, shape) if meant is not None else None
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            base = self._translated(node.value, view, shape) if view == "whole" else None
            return ast.Subscript(base, node.slice, ast.Load()) if base is not None else None
        return None

    def _call(self, node: ast.Call, view: Any, shape: tuple[int, ...]) -> ast.expr | None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if view != "whole":
            if name == "outer" and isinstance(view, tuple) and len(view) == 2:
                left = self._translated(node.args[0], view[:1])
                right = self._translated(node.args[1], view[1:])
                return ast.BinOp(left, ast.Mult(), right) if left and right else None
            if name not in _ELEMENTWISE:
                return None
        if name == "sum" and len(node.args) == 1 and (view == "whole" or view == ()):
            added = self._added(node.args[0])
            if added is not None:
                return added
        function = self._function(node.func)
        arguments = [self._translated(each, view, shape) for each in node.args]
        if function is None or any(each is None for each in arguments):
            return None
        return ast.Call(function, [each for each in arguments if each is not None], [])

    def _function(self, function: ast.expr) -> ast.expr | None:
        if isinstance(function, ast.Name):
            return self.own.scope.at_hand.get(function.id)
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            if function.value.id == "reference":
                return self.own.scope.at_hand.get(function.attr)
            if numpy := self.own.scope.numpy:
                return ast.Attribute(ast.Name(numpy, ast.Load()), function.attr, ast.Load())
        return None

    def _added(self, node: ast.expr) -> ast.expr | None:
        """Return the sum of all entries, written out."""
        worth = self.right.worth.get(id(node))
        if worth is None or not 1 < worth.size <= _MAX_ENTRIES:
            return None
        terms = [self._translated(node, index) for index in np.ndindex(worth.shape)]
        return _total([each for each in terms if each is not None]) if all(terms) else None

    def _summed(self, node: ast.BinOp, index: tuple[int, ...]) -> ast.expr | None:
        """Return one entry of a matrix product as a sum."""
        left, right = self.right.worth.get(id(node.left)), self.right.worth.get(id(node.right))
        if left is None or right is None or left.ndim + right.ndim - 2 != len(index):
            return None
        cut = left.ndim - 1
        terms: list[ast.expr] = []
        for inner in range(left.shape[-1]):
            first = self._translated(node.left, (*index[:cut], inner))
            second = self._translated(node.right, (inner, *index[cut:]))
            if first is None or second is None:
                return None
            terms.append(ast.BinOp(first, ast.Mult(), second))
        return _total(terms)


def _total(terms: Sequence[ast.expr]) -> ast.expr:
    total = terms[0]
    for term in terms[1:]:
        total = ast.BinOp(total, ast.Add(), term)
    return total


def _entry_of(worth: Array, index: Any, shape: tuple[int, ...]) -> Array | None:
    try:
        full = np.broadcast_to(worth, shape) if shape and worth.ndim < len(shape) else worth
        return np.asarray(full[index])
    except (ValueError, IndexError):
        return None


def indexed(node: ast.expr, index: Iterable[int]) -> ast.expr:
    """Return one entry of what an expression is worth: `a[0][1]`."""
    for each in index:
        node = ast.Subscript(node, ast.Constant(int(each)), ast.Load())
    return node
