"""Syntax trees: read from a student's code without a word, and taken apart by statements."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator


def syntax_tree(source: str | bytes) -> ast.Module:
    r"""Return the syntax tree of Python source; what Python only warns of is not said.

    From 3.12 on Python warns on standard error of an escape such as "\d" in a plain string.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As `ast.parse` does.

    Examples
    --------
    >>> len(syntax_tree("x = '\\d'").body)
    1
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def own_parts(statement: ast.stmt) -> Iterator[ast.AST]:
    """Give all parts of a statement but the statements inside of it."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += [each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.stmt)]


def definition(tree: ast.Module, name: str) -> ast.FunctionDef | ast.ClassDef | ast.Assign | None:
    """Return the last definition of a name at the top level; a lambda counts."""
    found: ast.FunctionDef | ast.ClassDef | ast.Assign | None = None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            names = [item.id for item in node.targets if isinstance(item, ast.Name)]
        else:
            continue
        if name in names:
            found = node
    return found
