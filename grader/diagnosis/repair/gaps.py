"""Where in a function a statement may be missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from grader.diagnosis.repair.scope import Scope
from grader.quick_dataclass import dataclass

_STAYING: Final = (ast.Assign, ast.AugAssign, ast.Expr, ast.For, ast.While, ast.If)


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a statement may be missing.

    Attributes
    ----------
    statement : ast.stmt
        A `pass`, or what works out something that goes nowhere: these give way. Else the last of
        a list of statements, which stays.
    marked : ast.stmt
        What is pointed at.
    turning : frozenset of str
        The counters of the loops that it stands in.
    """

    statement: ast.stmt
    marked: ast.stmt
    turning: frozenset[str]

    @property
    def is_open(self) -> bool:
        """Whether nothing is lost with what stands there."""
        return isinstance(self.statement, ast.Pass) or _does_nothing(self.statement)

    def filled(self, new: ast.stmt) -> list[ast.stmt]:
        """Return what takes the statement's place."""
        if self.is_open:
            return [new]
        if isinstance(self.statement, ast.Return):
            return [new, self.statement]
        return [self.statement, new]


def gaps_in(scope: Scope) -> Iterator[Gap]:
    """Yield where a statement may be missing in a function."""
    waiting: list[tuple[ast.AST, frozenset[str]]] = [(scope.unit.node, frozenset())]
    while waiting:
        node, turning = waiting.pop()
        if isinstance(node, ast.For):
            names = {each.id for each in ast.walk(node.target) if isinstance(each, ast.Name)}
            turning |= scope.counters & names
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                yield from _gaps(body, turning)
                waiting += [(each, turning) for each in body]


def _gaps(body: list[ast.stmt], turning: frozenset[str]) -> Iterator[Gap]:
    for each in body:
        if isinstance(each, ast.Pass) or _does_nothing(each):
            yield Gap(each, each, turning)
    last = body[-1]
    if isinstance(last, ast.Return) and len(body) > 1:
        yield Gap(last, body[-2], turning)
    elif isinstance(last, _STAYING) and not _does_nothing(last):
        yield Gap(last, last, turning)


def _does_nothing(statement: ast.stmt) -> bool:
    """Return whether a statement works something out that goes nowhere; a docstring is none."""
    return isinstance(statement, ast.Expr) and not isinstance(
        statement.value, ast.Call | ast.Constant | ast.Yield | ast.YieldFrom | ast.Await
    )
