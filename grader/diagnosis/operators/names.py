"""Operators on names and indices: which entry of which array is read or written."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

from grader.diagnosis.operators.edits import Edit, Site, is_load, subscript, text

Shapes = Mapping[str, tuple[int, ...]]


def name_edits(places: Sequence[Site], shapes: Shapes) -> Iterator[Edit]:
    """Yield what a wrong index, a wrong variable or a transposed array makes of a function.

    Parameters
    ----------
    places : sequence of Site
        The function's expressions.
    shapes : mapping
        The shapes of the function's variables, as seen in a call.
    """
    counters = _loop_variables(places)
    for site in places:
        node = site.node
        if isinstance(node, ast.Subscript) and not isinstance(site.parent, ast.Subscript):
            yield from _indices(site, node, shapes, counters)
        elif isinstance(node, ast.Name) and is_load(node):
            yield from _variables(site, node, shapes)


def _loop_variables(places: Sequence[Site]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            site.node.target.id
            for site in places
            if isinstance(site.node, ast.For) and isinstance(site.node.target, ast.Name)
        )
    )


def _indices(
    site: Site, node: ast.Subscript, shapes: Shapes, counters: tuple[str, ...]
) -> Iterator[Edit]:
    name, indices = subscript(node)
    if name is None:
        return
    if any(isinstance(index, ast.Slice) for index in indices):
        yield from _axes(site, node, name, indices)
        return
    written = not is_load(node)
    for others in _other_indices(indices, shapes.get(name, ()), counters):
        new = _entry_of(name, others, node.ctx)
        words = {"target": site.target, "wrong": text(new), "right": text(node)}
        swapped = [ast.dump(index) for index in others] == [
            ast.dump(index) for index in reversed(indices)
        ]
        yield Edit(
            "index",
            "stored" if written else "index",
            words,
            text(new),
            ((site.place, new),),
            cost=1 if swapped else 2,
        )


def _axes(site: Site, node: ast.Subscript, name: str, indices: list[ast.expr]) -> Iterator[Edit]:
    """Make the row of `x[None, :]` a column, and the column of `x[:, None]` a row."""
    if len(indices) == 2 and any(isinstance(index, ast.Constant) for index in indices):
        new = _entry_of(name, indices[::-1], node.ctx)
        words = {"target": site.target, "wrong": text(new), "right": text(node)}
        yield Edit("index", "variable", words, text(new), ((site.place, new),), cost=2)


def _other_indices(
    indices: list[ast.expr], shape: tuple[int, ...], counters: tuple[str, ...]
) -> Iterator[list[ast.expr]]:
    """Yield other indices of the same entry: all swapped, then each one replaced."""
    if len(indices) > 1:
        for order in list(permutations(range(len(indices))))[1:]:
            yield [indices[position] for position in order]
    for position, index in enumerate(indices):
        for other in _other_index(index, shape[position : position + 1], counters):
            yield [*indices[:position], other, *indices[position + 1 :]]


def _other_index(
    index: ast.expr, size: tuple[int, ...], counters: tuple[str, ...]
) -> Iterator[ast.expr]:
    if isinstance(index, ast.Constant) and type(index.value) is int:
        near = range(max(index.value - 1, 0), min(index.value + 2, *size) if size else 0)
        yield from (ast.Constant(value) for value in near if value != index.value)
    elif isinstance(index, ast.Name):
        yield from (ast.Name(name, ast.Load()) for name in counters if name != index.id)


def _entry_of(name: str, indices: list[ast.expr], context: ast.expr_context) -> ast.Subscript:
    inner = indices[0] if len(indices) == 1 else ast.Tuple(indices, ast.Load())
    return ast.Subscript(ast.Name(name, ast.Load()), inner, context)


def _variables(site: Site, node: ast.Name, shapes: Shapes) -> Iterator[Edit]:
    if node.id not in shapes or (isinstance(site.parent, ast.Call) and site.place.index is None):
        return
    whole = site.parent if isinstance(site.parent, ast.Subscript) else node
    for other, shape in shapes.items():
        alike = shape == shapes[node.id]
        if other == node.id or not (alike or whole is node):
            continue
        words = {
            "target": site.target,
            "right": text(whole),
            "wrong": text(whole).replace(node.id, other, 1),
        }
        new = ast.Name(other, ast.Load())
        cost = 4 if alike else 7
        yield Edit("variable", "variable", words, words["wrong"], ((site.place, new),), cost=cost)
    if len(shapes[node.id]) == 2 and whole is node:
        words = {"target": site.target, "name": node.id}
        flipped = ast.Attribute(node, "T", ast.Load())
        wrong = f"{node.id}.T"
        yield Edit("transpose", "transpose", words, wrong, ((site.place, flipped),), cost=2)
