"""Syntax trees: read from a student's code without a word, and taken apart by statements."""

from __future__ import annotations

import ast
import functools
import warnings
from collections.abc import Iterator
from typing import Final, TypeAlias

_KEPT: Final = 4  # texts: those of one submission, and the course's, are looked at by turns
Definition: TypeAlias = ast.FunctionDef | ast.ClassDef | ast.Assign


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


_read_once = functools.lru_cache(_KEPT)(syntax_tree)


def definition_in(source: str, name: str) -> Definition | None:
    """Return the last definition of a name in Python source, for nobody to change.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As `ast.parse` does.
    """
    return definition(_read_once(source), name)


def definition(tree: ast.Module, name: str) -> Definition | None:
    """Return the last definition of a name at the top level; a lambda counts."""
    found: Definition | None = None
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
