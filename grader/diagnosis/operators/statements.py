"""Operators on statements: left out, in the wrong order, once too often, in place."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.diagnosis.operators.edits import Edit, EditSite, Site, text

_IN_PLACE = {ast.Sub: "__isub__", ast.Add: "__iadd__", ast.Mult: "__imul__"}


def statement_edits(
    function: ast.FunctionDef, places: Sequence[Site], parameters: Sequence[str]
) -> Iterator[Edit]:
    """Yield what wrong statements make of a function."""
    for node in ast.walk(function):
        if isinstance(node, ast.FunctionDef | ast.For | ast.While):
            yield from _blocks(node)
    for site in places:
        node = site.node
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            yield from _returned(node.value)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Tuple):
            yield from _unpacked(node.targets[0], text(node.value))
        elif isinstance(node, ast.Call) and text(node.func) == "range":
            yield from _ranges(site, node)
        elif isinstance(node, ast.BinOp):
            yield from _in_place(site, node, parameters)


def _blocks(node: ast.FunctionDef | ast.For | ast.While) -> Iterator[Edit]:
    body = node.body
    place = EditSite(node, "body")
    for index, statement in enumerate(body):
        if not isinstance(statement, ast.Assign | ast.AugAssign | ast.For):
            continue
        rest = body[:index] + body[index + 1 :]
        words = {"target": _targets(statement)}
        if rest:
            yield Edit("dropped", "dropped", words, "", ((place, rest),), cost=4)
        for later in range(index + 1, len(body)):
            if isinstance(body[later], ast.Return):
                break
            moved = body[:index] + body[index + 1 : later + 1] + [statement] + body[later + 1 :]
            passed = ", ".join(_targets(other) for other in body[index + 1 : later + 1])
            words = {"target": _targets(statement), "before": passed}
            yield Edit("order", "order", words, "", ((place, moved),), cost=5)
            if later > index + 1:
                mover = body[later]
                moved = [*body[:index], mover, *body[index:later], *body[later + 1 :]]
                passed = ", ".join(_targets(other) for other in body[index:later])
                words = {"target": _targets(mover), "after": passed}
                yield Edit("order", "order_early", words, "", ((place, moved),), cost=5)


def _targets(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign):
        return text(statement.targets[0])
    if isinstance(statement, ast.AugAssign | ast.AnnAssign):
        return text(statement.target)
    if isinstance(statement, ast.For):
        return _targets(statement.body[-1])
    return text(statement) if isinstance(statement, ast.expr) else ""


def _returned(node: ast.Tuple) -> Iterator[Edit]:
    for first in range(len(node.elts)):
        for second in range(first + 1, len(node.elts)):
            parts = list(node.elts)
            parts[first], parts[second] = parts[second], parts[first]
            words = {"first": str(first + 1), "second": str(second + 1)}
            yield Edit(
                "returned", "returned", words, "", ((EditSite(node, "elts"), parts),), cost=1
            )


def _unpacked(node: ast.Tuple, value: str) -> Iterator[Edit]:
    """Swap two of the names that a value is taken apart into."""
    for first in range(len(node.elts)):
        inner = node.elts[first]
        if isinstance(inner, ast.Tuple):
            yield from _unpacked(inner, value)
        for second in range(first + 1, len(node.elts)):
            parts = list(node.elts)
            parts[first], parts[second] = parts[second], parts[first]
            words = {
                "first": ast.unparse(node.elts[first]),
                "second": ast.unparse(node.elts[second]),
                "value": value,
            }
            swaps = ((EditSite(node, "elts"), parts),)
            yield Edit("unpacked", "unpacked", words, "", swaps, cost=1)


def _ranges(site: Site, node: ast.Call) -> Iterator[Edit]:
    last = node.args[-1] if len(node.args) < 3 else node.args[1]
    position = node.args.index(last)
    for template, operation in (("short", ast.Sub()), ("long", ast.Add())):
        new = ast.BinOp(last, operation, ast.Constant(1))
        place = EditSite(node, "args", position)
        yield Edit("range", template, {"part": text(last)}, "", ((place, new),), cost=2)
    if len(node.args) == 1:
        later = ast.Call(node.func, [ast.Constant(1), last], [])
        yield Edit("range", "late", {"part": text(last)}, "", ((site.place, later),), cost=3)


def _in_place(site: Site, node: ast.BinOp, parameters: Sequence[str]) -> Iterator[Edit]:
    method = _IN_PLACE.get(type(node.op))
    if method and isinstance(node.left, ast.Name) and node.left.id in parameters:
        new = ast.Call(ast.Attribute(node.left, method, ast.Load()), [node.right], [])
        words = {"name": node.left.id}
        yield Edit("in_place", "in_place", words, "", ((site.place, new),), cost=2)
