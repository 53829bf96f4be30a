"""Makes wrong programs by blind edits of right ones; shares no code with the grader's mutants."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path

Edit = Callable[[], None]

FORMULATIONS = Path(__file__).parent / "formulations.py"


def right_programs() -> dict[tuple[str, str], ast.FunctionDef]:
    """Return the right programs by function and style."""
    tree = ast.parse(FORMULATIONS.read_text("utf-8"))
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            function, _, style = node.name.partition("__")
            node.name = function
            found[function, style] = node
    return found


def wrong_program(
    right: ast.FunctionDef, faults: int, rng: random.Random
) -> tuple[str, ast.FunctionDef]:
    """Return what was done, and a program with that many edits; each kind is equally likely."""
    tree = copy.deepcopy(right)
    told = []
    for _ in range(faults):
        kinds: dict[str, list[Edit]] = {}
        for kind, edit in edits_of(tree):
            kinds.setdefault(kind, []).append(edit)
        name = rng.choice(list(kinds))
        rng.choice(kinds[name])()
        told.append(name)
    return "+".join(told), ast.fix_missing_locations(tree)


def edits_of(tree: ast.FunctionDef) -> Iterator[tuple[str, Edit]]:
    """Yield each blind edit of a function, by its kind."""
    names = _names(tree)
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if field in ("args", "decorator_list") and parent is tree:
                continue
            if isinstance(value, ast.expr):
                yield from _expression(value, _setter(parent, field), names, parent)
            elif isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from _statements(value)
            elif isinstance(value, list):
                for index, item in enumerate(value):
                    if isinstance(item, ast.expr):
                        yield from _expression(item, _putter(value, index), names, parent)


def _names(tree: ast.FunctionDef) -> list[str]:
    found = [argument.arg for argument in tree.args.args]
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append(node.id)
    return list(dict.fromkeys(found))


def _setter(parent: ast.AST, field: str) -> Callable[[ast.expr], None]:
    return lambda new: setattr(parent, field, new)


def _putter(values: list[ast.expr], index: int) -> Callable[[ast.expr], None]:
    return lambda new: values.__setitem__(index, new)


def _expression(
    node: ast.expr, put: Callable[[ast.expr], None], names: list[str], parent: ast.AST
) -> Iterator[tuple[str, Edit]]:
    def replaced(name: str, new: ast.expr) -> tuple[str, Edit]:
        return name, lambda: put(new)

    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        index = isinstance(parent, ast.Subscript | ast.Tuple)
        for value in [1 - node.value] if index else [node.value + 1, 2 * node.value]:
            yield replaced("index" if index else "number", ast.Constant(value))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _einsum(node.value, replaced)
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
        for other in names:
            if other != node.id:
                yield replaced("name", ast.Name(other, ast.Load()))
    elif isinstance(node, ast.BinOp):
        yield replaced("dropped right", node.left)
        yield replaced("dropped left", node.right)
        for operator in (ast.Add(), ast.Sub(), ast.Mult()):
            if type(operator) is not type(node.op):
                yield replaced("operator", ast.BinOp(node.left, operator, node.right))
        yield replaced("turned", ast.BinOp(node.right, node.op, node.left))
        yield replaced("negated", ast.UnaryOp(ast.USub(), node))
    elif isinstance(node, ast.UnaryOp):
        yield replaced("sign dropped", node.operand)
    elif isinstance(node, ast.Call) and node.args:
        yield replaced("call dropped", node.args[0])
        if len(node.args) > 1:
            turned = ast.Call(node.func, node.args[::-1], node.keywords)
            yield replaced("arguments turned", turned)
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield replaced("not transposed", node.value)
    elif isinstance(node, ast.Tuple) and isinstance(parent, ast.Subscript):
        yield replaced("indices turned", ast.Tuple(node.elts[::-1], node.ctx))
    elif isinstance(node, ast.Tuple | ast.List) and len(node.elts) > 1:
        kind = type(node)
        yield replaced("items turned", kind(node.elts[::-1], node.ctx))


def _einsum(
    text: str, replaced: Callable[[str, ast.expr], tuple[str, Edit]]
) -> Iterator[tuple[str, Edit]]:
    left, _, right = text.partition("->")
    operands = left.split(",")
    for number, operand in enumerate(operands):
        if len(operand) > 1:
            turned = [*operands[:number], operand[::-1], *operands[number + 1 :]]
            yield replaced("einsum", ast.Constant(f"{','.join(turned)}->{right}"))
    if len(right) > 1:
        yield replaced("einsum", ast.Constant(f"{left}->{right[::-1]}"))


def _statements(body: list[ast.stmt]) -> Iterator[tuple[str, Edit]]:
    def dropped(index: int) -> Edit:
        return lambda: body.__setitem__(index, ast.Pass())

    def swapped(index: int) -> Edit:
        def swap() -> None:
            body[index], body[index + 1] = body[index + 1], body[index]

        return swap

    for index in range(len(body) - 1):
        yield "statement dropped", dropped(index)
        yield "statements swapped", swapped(index)
