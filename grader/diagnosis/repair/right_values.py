"""What the expressions of right programs are worth on a probe."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from typing import Any, Final

import numpy as np

from grader.diagnosis.observation import Inputs, make_call
from grader.diagnosis.program_factory import (
    Maker,
    Namespace,
    Program,
    ProgramSource,
    ReferenceFunctions,
    Workshop,
)
from grader.diagnosis.repair.schemata import NOTE, with_notes
from grader.diagnosis.repair.value_keys import Array, Key, entries_of, key_of, number
from grader.quick_dataclass import dataclass

_MAX_NOTES: Final = 8
_NOTED: Final = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Name, ast.Subscript, ast.Attribute)


@dataclass(frozen=True, slots=True)
class RightValues:
    """All that right programs work out for one probe.

    Attributes
    ----------
    keys : frozenset
        Whole values, their entries, and the products and sums inside matrix products.
    expressions : mapping
        One expression that is no name for each worth.
    written_out : mapping
        One without the exercise's functions, where the other has them: it may be one of these
        that is wrong.
    worth : mapping
        The first value of each noted expression, by its node's id.
    sources : tuple of ProgramSource
        The programs; while they are kept, no other node has such an id.
    """

    keys: frozenset[Key]
    expressions: dict[Key, ast.expr]
    written_out: dict[Key, ast.expr]
    worth: dict[int, Array]
    sources: tuple[ProgramSource, ...]


class RightPrograms:
    """The right programs of an exercise, and what they work out on the probes of its functions.

    That is the same for all submissions: it is worked out for the first that needs it, and kept.
    """

    def __init__(self, workshop: Callable[[], Workshop | None]) -> None:
        self._workshop = workshop
        self._known: dict[tuple[str, int], RightValues | None] = {}

    def values(self, function: str, probe: int, inputs: Inputs) -> RightValues | None:
        """Return what is worked out on a probe; None in a course without solutions."""
        key = function, probe
        if key not in self._known:
            workshop = self._workshop()
            self._known[key] = (
                None if workshop is None else right_values(workshop, function, inputs)
            )
        return self._known[key]


def right_values(workshop: Workshop, function: str, inputs: Inputs) -> RightValues:
    """Run the right formulations of a function and of what it calls, and note all values."""
    keys: set[Key] = set()
    expressions: dict[Key, ast.expr] = {}
    written_out: dict[Key, ast.expr] = {}
    worth: dict[int, Array] = {}
    names = (function, *workshop.called_by(function))
    sources = tuple(source for name in names for source in workshop.sources(name))
    for source in sources:
        noted = _noted_expressions(source)
        seen = _run(workshop, function, source, noted, inputs)
        for place, node in noted.items():
            values = seen.get(place, [])
            for value in values:
                keys.add(key_of(value))
                keys.update(entries_of(value))
            if values:
                worth[id(node)] = values[0]
            if values and not isinstance(node, ast.Name):
                key = key_of(values[0])
                first = expressions.setdefault(key, node)
                if _asks(first, workshop) and not _asks(node, workshop):
                    written_out.setdefault(key, node)
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
                keys.update(_inside(node, seen, noted))
    return RightValues(frozenset(keys), expressions, written_out, worth, sources)


def _asks(node: ast.expr, workshop: Workshop) -> bool:
    """Return whether an expression calls a function of the exercise."""
    return any(
        (isinstance(each.func, ast.Name) and workshop.has(each.func.id))
        or (isinstance(each.func, ast.Attribute) and ast.unparse(each.func.value) == "reference")
        for each in ast.walk(node)
        if isinstance(each, ast.Call)
    )


def _noted_expressions(source: ProgramSource) -> dict[str, ast.expr]:
    called = {id(node.func) for node in ast.walk(source.tree) if isinstance(node, ast.Call)}
    found = [
        node
        for statement in source.tree.body
        for node in ast.walk(statement)
        if isinstance(node, _NOTED)
        and isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        and id(node) not in called
    ]
    return {f"r{number}": node for number, node in enumerate(found)}


def _run(
    workshop: Workshop,
    top: str,
    source: ProgramSource,
    noted: dict[str, ast.expr],
    inputs: Inputs,
) -> dict[str, list[Array]]:
    seen: dict[str, list[Array]] = {}

    def note(place: str, value: Any) -> Any:
        array = number(value)
        values = seen.setdefault(place, [])
        if array is not None and len(values) < _MAX_NOTES:
            values.append(array.copy())
        return value

    places = {id(node): place for place, node in noted.items()}
    tree = with_notes(source.tree, places)
    try:
        make_call(workshop.program(top, {source.function: _maker(tree, source, note)}), inputs)
    except Exception:  # a formulation that needs more than is at hand here is left out
        return {}
    return seen


def _maker(tree: ast.FunctionDef, source: ProgramSource, note: Any) -> Maker:
    def make(names: Namespace) -> Program:
        inside = dict(names) if source.home is None else {**names, **source.home}
        inside[NOTE] = note
        exec(compile(ast.fix_missing_locations(ast.Module([tree], [])), "<right>", "exec"), inside)
        program: Program = inside[tree.name]
        if any(argument.arg == "reference" for argument in tree.args.kwonlyargs):
            return functools.partial(program, reference=ReferenceFunctions(names))
        return program

    return make


def _inside(
    node: ast.BinOp, seen: dict[str, list[Array]], noted: dict[str, ast.expr]
) -> Iterator[Key]:
    """Yield the products of single entries, and their sums, in a matrix product."""
    by_node = {id(each): seen.get(place, []) for place, each in noted.items()}
    lefts, rights = by_node.get(id(node.left), []), by_node.get(id(node.right), [])
    for left, right in zip(lefts, rights, strict=False):
        if left.size * right.size > 64:
            return
        yield from entries_of(np.multiply.outer(left.ravel(), right.ravel()))
        if left.ndim == 1 and right.ndim == 2 and left.size == right.shape[0]:
            yield key_of(left[:, None] * right)
        if left.ndim == 2 and right.ndim == 1 and right.size == left.shape[1]:
            yield key_of(left * right)
