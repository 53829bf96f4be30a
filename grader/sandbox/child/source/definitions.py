"""What a statement at the top level defines, and whether it does anything else."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
NAMED: Final = (*FUNCTIONS, ast.ClassDef)
_IMPORTS: Final = (ast.Import, ast.ImportFrom)
_ASSIGNMENTS: Final = (ast.Assign, ast.AnnAssign)
_CONDITIONAL: Final = (ast.If, ast.Try, ast.TryStar, ast.With)
_PLAIN_MODULES: Final = frozenset(
    ("collections", "decimal", "fractions", "functools", "itertools", "math", "numpy", "operator")
) | {"random", "string", "typing"}


def defines(statement: ast.stmt) -> bool:
    """Return whether a statement defines something: also an `if` or `try` with a definition."""
    if isinstance(statement, (*NAMED, *_IMPORTS, *_ASSIGNMENTS)):
        return True
    return isinstance(statement, _CONDITIONAL) and any(
        isinstance(each, (*NAMED, *_IMPORTS, *_CONDITIONAL)) and defines(each)
        for each in _inside(statement)
    )


def harmless(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Return the imports, definitions, and assignments that call only what is known to end."""
    plain = {
        (alias.asname or alias.name).partition(".")[0]
        for statement in body
        if isinstance(statement, _IMPORTS)
        for alias in statement.names
        if _module_of(statement, alias) in _PLAIN_MODULES
    }
    return [
        statement
        for statement in body
        if isinstance(statement, (*NAMED, *_IMPORTS))
        or (
            isinstance(statement, _ASSIGNMENTS)
            and all(
                _root(node.func) in plain
                for node in ast.walk(statement)
                if isinstance(node, ast.Call)
            )
        )
    ]


def _module_of(statement: ast.stmt, alias: ast.alias) -> str:
    name = statement.module if isinstance(statement, ast.ImportFrom) else alias.name
    return (name or "").partition(".")[0]


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def main_guard(statement: ast.stmt) -> ast.If | None:
    """Return the statement where it is `if __name__ == "__main__":`."""
    if not isinstance(statement, ast.If):
        return None
    test = statement.test
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    return statement if any(map(_asks_for_main, parts)) else None


def _asks_for_main(test: ast.expr) -> bool:
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq):
        return False
    sides = (test.left, test.comparators[0])
    names = [side.id for side in sides if isinstance(side, ast.Name)]
    values = [side.value for side in sides if isinstance(side, ast.Constant)]
    return names == ["__name__"] and values == ["__main__"]


def names_bound(body: Iterable[ast.AST]) -> frozenset[str]:
    """Return the names that statements bind outside of functions and classes."""
    found: set[str] = set()
    for node in body:
        if isinstance(node, NAMED):
            found.add(node.name)
        elif isinstance(node, _IMPORTS):
            found |= {(each.asname or each.name).partition(".")[0] for each in node.names}
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                found.add(node.id)
        elif not isinstance(node, ast.Lambda):
            found |= names_bound(ast.iter_child_nodes(node))
    return frozenset(found)


def start_of(statement: ast.stmt) -> tuple[int, int]:
    """Return the line and column where a statement begins, its decorators included."""
    decorators = statement.decorator_list if isinstance(statement, NAMED) else []
    first = min((each.lineno, 0) for each in decorators) if decorators else None
    own = (statement.lineno, statement.col_offset)
    return min(own, first) if first else own


def functions(tree: ast.Module) -> list[tuple[str, int]]:
    """Return the functions and classes that a file defines at its top level, with their lines."""
    return [(node.name, node.lineno) for node in tree.body if isinstance(node, NAMED)]


def absolute_imports(tree: ast.Module) -> ast.Module:
    """Return the tree with `from .a import b` as `from a import b`, for a file in no package."""
    _Absolute().visit(tree)
    return ast.fix_missing_locations(tree)


class _Absolute(ast.NodeTransformer):
    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        if node.level != 1:
            return node
        if node.module:
            node.level = 0
            return node
        return ast.copy_location(ast.Import(node.names), node)


def _inside(statement: ast.stmt) -> Iterator[ast.stmt]:
    for node in ast.iter_child_nodes(statement):
        if isinstance(node, ast.stmt):
            yield node
        elif isinstance(node, ast.ExceptHandler):
            yield from node.body
