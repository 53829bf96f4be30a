"""Edits of statements: left out, moved, put in, or with another target."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import permutations, product
from typing import Any, Final

from grader.diagnosis.repair.alternatives import Alternative, Block
from grader.diagnosis.repair.expressions import other_entries, turned_targets
from grader.diagnosis.repair.gaps import gaps_in
from grader.diagnosis.repair.scope import Scope, reading

_MAX_STATEMENTS: Final = 16
_PLAIN: Final = (ast.Assign, ast.AugAssign, ast.Expr, ast.AnnAssign)
_LEAVING: Final = (ast.Return, ast.Break, ast.Continue, ast.Raise)


def statement_slips(scope: Scope) -> Iterator[Alternative]:
    """Yield the edits of statements that need nothing but what stands there."""
    for block in scope.blocks:
        body = block.statements
        if any(isinstance(each, ast.Global | ast.Nonlocal) for each in body):
            continue
        for number, statement in enumerate(body):
            yield from _targets(statement, scope)
            if isinstance(statement, ast.Pass) or _is_docstring(statement):
                continue
            last = isinstance(statement, ast.Return) and number == len(body) - 1
            outermost = block.parent is scope.unit.node
            if not (last and outermost):
                yield Alternative("extra_step", 2, statement, [ast.Pass()], statement)
        yield from _swaps(block)
        yield from _late_returns(block)


def moves(scope: Scope) -> Iterator[Alternative]:
    """Yield the edits that move a statement further, or into or out of a loop."""
    for block in scope.blocks:
        body = block.statements
        if len(body) > _MAX_STATEMENTS:
            continue
        for place in range(len(body)):
            for to in range(len(body)):
                if abs(to - place) < 2 or not _may_move(body, place):
                    continue
                rest = body[:place] + body[place + 1 :]
                moved = [*rest[:to], body[place], *rest[to:]]
                yield Alternative("order", 3, block, moved, body[place])
        yield from _out_of_loops(block)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _may_move(body: Sequence[ast.stmt], place: int) -> bool:
    return not isinstance(body[place], ast.Return | ast.Pass) and not _is_docstring(body[place])


def _swaps(block: Block) -> Iterator[Alternative]:
    body = block.statements
    if len(body) > 3 * _MAX_STATEMENTS:
        return
    for place in range(len(body) - 1):
        pair = body[place], body[place + 1]
        if any(isinstance(each, ast.Return | ast.Pass) or _is_docstring(each) for each in pair):
            continue
        moved = [*body[:place], pair[1], pair[0], *body[place + 2 :]]
        yield Alternative("order", 2, block, moved, pair[0])


def _late_returns(block: Block) -> Iterator[Alternative]:
    """Move a `return` that has statements behind it to the end."""
    body = block.statements
    for place, statement in enumerate(body[:-1]):
        if isinstance(statement, ast.Return):
            moved = [*body[:place], *body[place + 1 :], statement]
            yield Alternative("order", 2, block, moved, statement)


def _out_of_loops(block: Block) -> Iterator[Alternative]:
    """Move the last statement of a loop behind it, and the one behind it into it."""
    body = block.statements
    for place, loop in enumerate(body):
        if not isinstance(loop, ast.For | ast.While):
            continue
        inner = loop.body
        if len(inner) > 1 and not any(_leaves_loop(each) for each in (inner[0], inner[-1])):
            new = [*body[:place], _with_body(loop, inner[:-1]), inner[-1], *body[place + 1 :]]
            yield Alternative("order", 2, block, new, inner[-1])
            new = [*body[:place], inner[0], _with_body(loop, inner[1:]), *body[place + 1 :]]
            yield Alternative("order", 3, block, new, inner[0])
        if place + 1 < len(body) and isinstance(body[place + 1], _PLAIN):
            new = [*body[:place], _with_body(loop, [*inner, body[place + 1]]), *body[place + 2 :]]
            yield Alternative("order", 2, block, new, body[place + 1])
        if place and isinstance(body[place - 1], _PLAIN):
            new = [
                *body[: place - 1],
                _with_body(loop, [body[place - 1], *inner]),
                *body[place + 1 :],
            ]
            yield Alternative("order", 2, block, new, body[place - 1])


def _leaves_loop(statement: ast.stmt) -> bool:
    return any(isinstance(node, ast.Break | ast.Continue) for node in ast.walk(statement))


def _with_body(loop: Any, body: list[ast.stmt]) -> ast.stmt:
    if isinstance(loop, ast.For):
        return ast.For(loop.target, loop.iter, body, loop.orelse, lineno=loop.lineno)
    return ast.While(loop.test, body, loop.orelse, lineno=loop.lineno)


def _targets(statement: ast.stmt, scope: Scope) -> Iterator[Alternative]:
    """Yield other targets of an assignment, and other kinds of assignments."""
    if isinstance(statement, ast.AugAssign):
        target, value = statement.target, statement.value
        for operator in (ast.Add(), ast.Sub(), ast.Mult(), ast.Div()):
            if type(operator) is not type(statement.op):
                new = ast.AugAssign(target, operator, value)
                kind = "sign" if isinstance(operator, ast.Add | ast.Sub) else "operator"
                yield Alternative(kind, 1, statement, [new], statement)
        yield Alternative("accumulates", 2, statement, [_assigned(target, value)], statement)
        plain = ast.BinOp(reading(target), statement.op, value)
        yield Alternative("in_place", 1, statement, [_assigned(target, plain)], statement)
        for other, cost in _other_targets(target, scope):
            if isinstance(other, ast.Name | ast.Attribute | ast.Subscript):
                new = ast.AugAssign(other, statement.op, value)
                yield Alternative("target", cost, statement, [new], target)
    elif isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        goal = statement.targets[0]
        for other, cost in _other_targets(goal, scope):
            assigned = _assigned(other, statement.value)
            kind = "unpacked" if isinstance(goal, ast.Tuple) else "target"
            yield Alternative(kind, cost, statement, [assigned], goal)
        if isinstance(goal, ast.Name | ast.Subscript | ast.Attribute):
            for operator in (ast.Add(), ast.Sub()):
                added = ast.AugAssign(goal, operator, statement.value)
                yield Alternative("overwrites", 2, statement, [added], statement)
    elif isinstance(statement, ast.For):
        for other, cost in _other_targets(statement.target, scope):
            loop = ast.For(other, statement.iter, statement.body, statement.orelse)
            yield Alternative("unpacked", cost, statement, [loop], statement.target)


def _assigned(target: ast.expr, value: ast.expr) -> ast.Assign:
    return ast.Assign([target], value, lineno=1)


def _other_targets(target: ast.expr, scope: Scope) -> Iterator[tuple[ast.expr, int]]:
    if isinstance(target, ast.Tuple):
        yield from ((other, 1) for other in turned_targets(target))
    elif isinstance(target, ast.Subscript):
        yield from other_entries(target)
        yield from _other_numbers(target, scope)
    elif isinstance(target, ast.Name):
        for name, node in scope.names.items():
            if name != target.id and isinstance(node, ast.Name) and name not in scope.counters:
                yield ast.Name(name, ast.Store()), 2
    elif isinstance(target, ast.Attribute):
        for name, node in scope.names.items():
            if isinstance(node, ast.Attribute) and name != ast.unparse(target):
                yield ast.Attribute(node.value, node.attr, ast.Store()), 2


def _other_numbers(target: ast.Subscript, scope: Scope) -> Iterator[tuple[ast.expr, int]]:
    """Yield an entry with one of its indices, or its array, replaced."""
    index = target.slice
    if isinstance(index, ast.Constant) and type(index.value) is int:
        for value in (0, 1, 2):
            if value != index.value:
                yield ast.Subscript(target.value, ast.Constant(value), target.ctx), 1
    elif isinstance(index, ast.Name):
        for name in sorted(scope.counters - {index.id}):
            other = ast.Name(name, ast.Load())
            yield ast.Subscript(target.value, other, target.ctx), 1
    elif isinstance(index, ast.Tuple):
        for place, each in enumerate(index.elts):
            for new in _other_index(each, scope):
                own = [*index.elts[:place], new, *index.elts[place + 1 :]]
                yield ast.Subscript(target.value, ast.Tuple(own, ast.Load()), target.ctx), 1
    if isinstance(target.value, ast.Subscript):
        for inner, cost in _other_numbers(target.value, scope):
            yield ast.Subscript(inner, index, target.ctx), cost
    elif isinstance(target.value, ast.Name):
        for name, node in scope.names.items():
            if (
                name != target.value.id
                and isinstance(node, ast.Name)
                and name not in scope.counters
            ):
                yield ast.Subscript(node, index, target.ctx), 2


def _other_index(index: ast.expr, scope: Scope) -> Iterator[ast.expr]:
    if isinstance(index, ast.Constant) and type(index.value) is int:
        yield from (ast.Constant(value) for value in (0, 1, 2) if value != index.value)
    elif isinstance(index, ast.Name):
        yield from (ast.Name(name, ast.Load()) for name in sorted(scope.counters - {index.id}))


def filled(scope: Scope) -> Iterator[Alternative]:
    """Yield the edits that put a statement like one that is there in the place of a `pass`."""
    for block in _open_blocks(scope):
        body = block.statements
        gaps = [place for place, each in enumerate(body) if isinstance(each, ast.Pass)]
        for statement in body if gaps else ():
            for made in (*_siblings(statement), *_namesakes(statement, scope)):
                for place in gaps:
                    new = [*body[:place], made, *body[place + 1 :]]
                    yield Alternative("dropped", 3, block, new, body[place])
    yield from _kept(scope)


def _kept(scope: Scope) -> Iterator[Alternative]:
    """Yield the edits that keep a value which goes nowhere, or call a method in its place."""
    for gap in gaps_in(scope):
        if not gap.is_open:
            continue
        steps = [(statement, 3) for statement in _calls_of_methods(scope)]
        if isinstance(gap.statement, ast.Expr):
            value = gap.statement.value
            for name, node in scope.names.items():
                if isinstance(node, ast.Name) and name not in scope.counters:
                    append = ast.Attribute(node, "append", ast.Load())
                    steps.append((ast.Expr(ast.Call(append, [value], [])), 2))
                    steps.append((_assigned(ast.Name(name, ast.Store()), value), 2))
        for statement, cost in steps:
            yield Alternative("dropped", cost, gap.statement, gap.filled(statement), gap.marked)


def _calls_of_methods(scope: Scope) -> Iterator[ast.stmt]:
    """Yield calls of the methods at hand, by what they take: the same names, or any one name."""
    names = {name: node for name, node in scope.names.items() if isinstance(node, ast.Name)}
    for method in scope.methods:
        given = [names[name] for name in method.takes if name in names]
        several = [given] if len(given) == len(method.takes) else []
        if len(method.takes) == 1:
            several = [[node] for name, node in names.items() if name not in scope.counters]
        for arguments in several:
            yield ast.Expr(ast.Call(method.function, list(arguments), []))


def inserted(scope: Scope) -> Iterator[Alternative]:
    """Yield the edits that put in a statement like the one before it, with other numbers."""
    for block in _open_blocks(scope):
        body = block.statements
        for at, statement in enumerate(body, 1):
            for made in (*_siblings(statement), *_namesakes(statement, scope)):
                new = [*body[:at], made, *body[at:]]
                yield Alternative("dropped", 4, block, new, statement)


def _open_blocks(scope: Scope) -> Iterator[Block]:
    for block in scope.blocks:
        if not any(isinstance(each, ast.Global | ast.Nonlocal) for each in block.statements):
            yield block


def _siblings(statement: ast.stmt) -> Iterator[ast.stmt]:
    """Yield a statement with the numbers in its indices replaced, each by one other throughout."""
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
        return
    numbers = sorted(
        {
            node.value
            for node in ast.walk(statement)
            if isinstance(node, ast.Constant) and type(node.value) is int and 0 <= node.value < 3
        }
    )
    if not 0 < len(numbers) <= 2:
        return
    for others in product(range(2), repeat=len(numbers)):
        if list(others) != numbers:
            yield _Renumbered(dict(zip(numbers, others, strict=True)), {}).made(statement)


def _namesakes(statement: ast.stmt, scope: Scope) -> Iterator[ast.stmt]:
    """Yield a statement with other numbers at the end of its names: `new_1` for `new_2`."""
    if not isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr):
        return
    own = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name)}
    for old, new in permutations("0123", 2):
        others = {
            name: other
            for name in own
            if name.endswith(old) and (other := name[:-1] + new) in scope.names
        }
        if others:
            yield _Renumbered({}, others).made(statement)


class _Renumbered:
    def __init__(self, by: dict[int, int], names: dict[str, str]) -> None:
        self._by = by
        self._names = names

    def made(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self.made(each) for each in node]
        if isinstance(node, ast.Subscript):
            return ast.Subscript(self.made(node.value), self._index(node.slice), node.ctx)
        if not isinstance(node, ast.AST):
            return node
        if isinstance(node, ast.Name):
            return ast.Name(self._names.get(node.id, node.id), node.ctx)
        return type(node)(**{name: self.made(value) for name, value in ast.iter_fields(node)})

    def _index(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in self._by:
            return ast.Constant(self._by[node.value])
        if isinstance(node, ast.Tuple):
            return ast.Tuple([self._index(each) for each in node.elts], ast.Load())
        made: ast.expr = self.made(node)
        return made
