"""What a submission runs at the top level, as notebooks do, and its functions do without.

It would be run anew for all that is tried.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from grader.diagnosis.repair.student_code import StudentCode

_DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_KEPT = (*_DEFINING, ast.Import, ast.ImportFrom, ast.Pass)


def without_demonstrations(code: StudentCode) -> dict[int, ast.Module]:
    """Return the trees that change when what calls the submission's own functions is left out.

    It stays where it gives a value to a name that functions read. All nodes are the same ones.
    """
    nodes = [node for file in code.files for node in ast.walk(file.tree)]
    defined = {node.name for node in nodes if isinstance(node, _DEFINING)}
    imported = {
        (each.asname or each.name).partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
    }
    read = {
        name
        for node in nodes
        if isinstance(node, (*_DEFINING, ast.Lambda))
        for name in _from_outside(node)
    } - imported
    found = {}
    for number, file in enumerate(code.files):
        body = [
            ast.copy_location(ast.Pass(), each) if _demonstrates(each, defined, read) else each
            for each in file.tree.body
        ]
        if any(new is not old for new, old in zip(body, file.tree.body, strict=True)):
            found[number] = ast.Module(body, file.tree.type_ignores)
    return found


def _from_outside(node: ast.AST) -> set[str]:
    """Return the names that a function or class reads and does not set itself, or sets outside."""
    inner = list(ast.walk(node))
    own = {each.arg for each in inner if isinstance(each, ast.arg)}
    read: set[str] = set()
    for each in inner:
        if isinstance(each, ast.Name):
            (read if isinstance(each.ctx, ast.Load) else own).add(each.id)
    outside = {name for each in inner if isinstance(each, ast.Global) for name in each.names}
    return (read - own) | outside


def _demonstrates(statement: ast.stmt, defined: set[str], read: set[str]) -> bool:
    if isinstance(statement, _KEPT):
        return False
    nodes = list(ast.walk(statement))
    if any(isinstance(node, _DEFINING) for node in nodes):
        return False
    called = {
        node.func.id
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return bool(called & defined) and not set(_changed(nodes)) & read


def _changed(nodes: Iterable[ast.AST]) -> Iterable[str]:
    """Yield the names that get a value, and of what is written into or asked to do something."""
    for node in nodes:
        inner: ast.AST | None = None
        if isinstance(node, ast.Name | ast.Subscript | ast.Attribute):
            inner = node if isinstance(node.ctx, ast.Store | ast.Del) else None
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            inner = node.func.value
        while isinstance(inner, ast.Subscript | ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Name):
            yield inner.id
