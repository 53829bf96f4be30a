"""What a notebook says to the grader that it was written for: nothing of it is needed here."""

from __future__ import annotations

import ast
from typing import Final

CLIENTS: Final = frozenset(
    {"otter", "nbgrader", "okpy", "client", "grader", "jassign", "gofer", "ok"}
)
"""Modules of other graders."""


def without_clients(source: str, tree: ast.Module, known: set[str]) -> tuple[str, ast.Module]:
    """Return a cell's code without the statements that import other graders or use them.

    Parameters
    ----------
    source, tree
        The code, as text and parsed.
    known : set of str
        The names that stand for them in the cells above; those of this cell are added.
    """
    left_out = [node for node in tree.body if _is_for_client(node, known)]
    if not left_out:
        return source, tree
    lines = source.split("\n")
    gone = {line for node in left_out for line in range(node.lineno, (node.end_lineno or 0) + 1)}
    shared = {
        line
        for node in tree.body
        if node not in left_out
        for line in range(node.lineno, (node.end_lineno or 0) + 1)
    }
    if gone & shared:  # several statements in a line
        kept = [node for node in tree.body if node not in left_out]
        return "\n".join(map(ast.unparse, kept)), ast.Module(kept, [])
    text = "\n".join(line for number, line in enumerate(lines, 1) if number not in gone)
    return text, ast.parse(text)


def _is_for_client(node: ast.stmt, known: set[str]) -> bool:
    if isinstance(node, ast.Import):
        if not all(alias.name.partition(".")[0] in CLIENTS for alias in node.names):
            return False
        known.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        return True
    if isinstance(node, ast.ImportFrom):
        if node.level or (node.module or "").partition(".")[0] not in CLIENTS:
            return False
        known.update(alias.asname or alias.name for alias in node.names)
        return True
    if not isinstance(node, ast.Expr | ast.Assign) or not known:
        return False
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    if not any(each.id in known for each in names if isinstance(each.ctx, ast.Load)):
        return False
    known.update(each.id for each in names if isinstance(each.ctx, ast.Store) and each.id != "_")
    return True
