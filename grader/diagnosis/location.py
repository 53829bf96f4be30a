"""Where a mistake is in a student's file: the line of an expression, else of the function."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Final

from grader.course.syntax_tree import definition_in
from grader.diagnosis.operators.edits import subscript, text

_MAX_SOURCE: Final = 200_000
_MAX_NODES: Final = 20_000
_ENTRY: Final = re.compile(r"\w+\[[^\[\]]*\]")


LOCATED: Final = (ast.Subscript, ast.Attribute, ast.BinOp, ast.Call)
"""The kinds of expressions that are looked for."""

_Held = dict[str, list[tuple[tuple[str, ...], int]]]


class LocatedFunction:
    """One function of a student's file, as far as its syntax tree can be read."""

    def __init__(self, source: str, name: str, parameters: Sequence[str]) -> None:
        self.line: int | None = None
        self._nodes: list[tuple[ast.expr, tuple[str, ...]]] = []
        self._names: dict[str, str] = {}
        self._held: dict[str, _Held] = {}
        if len(source) > _MAX_SOURCE or name not in source:
            return
        try:
            node = definition_in(source, name)
            if node is not None:
                self.line = node.lineno
                self._names = _own_names(node, parameters)
                self._nodes = list(_expressions(node))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return

    def find(self, expressions: Sequence[str], entries: Sequence[str] = ()) -> int | None:
        """Return the line that holds one of `expressions`; best one that goes into an entry."""
        found = [place for each in expressions if each for place in self._places(_normal(each))]
        indices = {_indices(entry) for entry in entries}
        for target, line in found:
            if target and target in indices:
                return line
        return min((line for _, line in found), default=None)

    def _places(self, shown: str) -> list[tuple[tuple[str, ...], int]]:
        entry = _ENTRY.fullmatch(shown) is not None
        kind = "entries" if entry else "others"
        if kind not in self._held:
            self._held[kind] = self._shown(entry)
        return self._held[kind].get(shown, [])

    def _shown(self, entries: bool) -> _Held:
        """Return where each expression stands: entries of arrays, or all others."""
        held: _Held = {}
        for node, target in self._nodes:
            if isinstance(node, ast.Subscript) != entries:
                continue
            try:
                shown = _normal(_renamed(text(node), self._names))
            except RecursionError:
                continue
            held.setdefault(shown, []).append((target, node.lineno))
        return held


def _own_names(
    node: ast.FunctionDef | ast.ClassDef | ast.Assign, parameters: Sequence[str]
) -> dict[str, str]:
    """Return the reference's parameter name for each of the student's."""
    arguments = node.args if isinstance(node, ast.FunctionDef) else None
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
        arguments = node.value.args
    if arguments is None:
        return {}
    own = [item.arg for item in (*arguments.posonlyargs, *arguments.args)]
    return dict(zip(own, parameters, strict=False))


def _expressions(node: ast.AST) -> Iterator[tuple[ast.expr, tuple[str, ...]]]:
    """Yield each expression that may be looked for, with the index that it goes to."""
    waiting: list[tuple[ast.AST, tuple[str, ...]]] = [(node, ())]
    seen = 0
    while waiting and seen < _MAX_NODES:
        inner, target = waiting.pop()
        seen += 1
        if isinstance(inner, ast.Assign) and isinstance(inner.targets[0], ast.Subscript):
            target = tuple(map(ast.unparse, subscript(inner.targets[0])[1]))
        if isinstance(inner, LOCATED):
            yield inner, target
        waiting += [(child, target) for child in ast.iter_child_nodes(inner)]


def _renamed(shown: str, names: dict[str, str]) -> str:
    return re.sub(
        r"(?<![\w.])[A-Za-z_]\w*", lambda found: names.get(found.group(), found.group()), shown
    )


def _normal(shown: str) -> str:
    return re.sub(r"\]\[", ", ", shown).replace(" ", "")


def _indices(entry: str) -> tuple[str, ...]:
    inside = re.search(r"\[([^\]]*)\]$", entry)
    return tuple(part.strip() for part in inside.group(1).split(",")) if inside else ()
