"""An edit of a syntax tree, made and undone in place, and the walk over the places for one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import Any

from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class EditSite:
    """Where a node hangs: an attribute of its parent, or an item of a list there."""

    parent: ast.AST
    attribute: str
    index: int | None = None

    def get(self) -> Any:
        """Return what hangs there now."""
        value = getattr(self.parent, self.attribute)
        return value if self.index is None else value[self.index]

    def put(self, value: Any) -> None:
        """Hang something else there."""
        if self.index is None:
            setattr(self.parent, self.attribute, value)
        else:
            getattr(self.parent, self.attribute)[self.index] = value


@dataclass(frozen=True, slots=True)
class Edit:
    """One mistake: what to hang where, and what the message on it is made of.

    Attributes
    ----------
    operator : str
        Which operator made it.
    template : str
        Which of the operator's messages tells it.
    words : mapping
        What fills the template; `target` is the name that the expression is assigned to.
    wrong : str
        The expression that the student's code then holds, to find its line by.
    swaps : tuple
        Pairs of a place and what to hang there.
    cost : int
        How far-fetched it is: of edits that make equal programs the cheapest is told.
    """

    operator: str
    template: str
    words: Mapping[str, str]
    wrong: str
    swaps: tuple[tuple[EditSite, Any], ...]
    cost: int = 5

    @contextmanager
    def made(self) -> Iterator[None]:
        """Make the edit, and undo it at the end."""
        before = [place.get() for place, _ in self.swaps]
        for place, new in self.swaps:
            for node in new if isinstance(new, list) else [new]:
                _locate(node)
            place.put(new)
        try:
            yield
        finally:
            for (place, _), old in zip(reversed(self.swaps), reversed(before), strict=True):
                place.put(old)


def _locate(node: ast.AST) -> None:
    """Give new nodes a place in the source, without which they are not compiled."""
    if hasattr(node, "lineno"):
        return  # an old node, whose children are old as well
    if isinstance(node, ast.expr | ast.stmt):
        node.lineno = node.end_lineno = 1
        node.col_offset = node.end_col_offset = 0
    for child in ast.iter_child_nodes(node):
        _locate(child)


@dataclass(frozen=True, slots=True)
class Site:
    """A node of the tree: where it hangs, and what its expression is assigned to."""

    node: ast.AST
    place: EditSite
    target: str
    parents: tuple[ast.AST, ...] = field(default=(), repr=False)

    @property
    def parent(self) -> ast.AST:
        """The node above."""
        return self.place.parent


def sites(function: ast.FunctionDef, returns: tuple[str, ...]) -> Iterator[Site]:
    """Yield the expressions of a function's body, each with the target that it goes into."""
    for index, statement in enumerate(function.body):
        if not _is_docstring(statement):
            yield from _below(Site(statement, EditSite(function, "body", index), "", ()), returns)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _below(site: Site, returns: tuple[str, ...]) -> Iterator[Site]:
    yield site
    node = site.node
    parents = (*site.parents, node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST) and not isinstance(value, ast.expr_context):
            target = _target(site, name, None, returns)
            yield from _below(Site(value, EditSite(node, name), target, parents), returns)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                if isinstance(item, ast.AST):
                    target = _target(site, name, index, returns)
                    child = Site(item, EditSite(node, name, index), target, parents)
                    yield from _below(child, returns)


def _target(site: Site, field_name: str, index: int | None, returns: tuple[str, ...]) -> str:
    """Return what the part of a node goes into, as the student would write it."""
    node = site.node
    if isinstance(node, ast.Assign) and field_name == "value":
        return text(node.targets[0])
    if isinstance(node, ast.AugAssign | ast.AnnAssign) and field_name == "value":
        return text(node.target)
    if isinstance(node, ast.Return):
        return returns[0] if len(returns) == 1 else ", ".join(returns)
    if isinstance(node, ast.Tuple) and index is not None and isinstance(site.parent, ast.Return):
        return returns[index] if index < len(returns) else site.target
    if isinstance(node, ast.List) and index is not None and _in_array(site):
        return _entry(site.target, index)
    return site.target


def _in_array(site: Site) -> bool:
    calls = [parent for parent in site.parents if isinstance(parent, ast.Call)]
    return bool(calls) and text(calls[-1].func).endswith("array")


def _entry(target: str, index: int) -> str:
    return f"{target[:-1]}, {index}]" if target.endswith("]") else f"{target}[{index}]"


def text(node: ast.AST) -> str:
    """Return an expression as text, chained indices written as one: `a[0][1]` as `a[0, 1]`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Subscript):
        base, indices = subscript(node)
        if base is not None:
            return f"{base}[{', '.join(_index(index) for index in indices)}]"
    if isinstance(node, ast.Tuple):
        named = [text(item) for item in node.elts]
        return ", ".join(name for name in named if name != "_")
    return ast.unparse(node)


def _index(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return repr(node.value)
    return node.id if isinstance(node, ast.Name) else ast.unparse(node)


def subscript(node: ast.Subscript) -> tuple[str | None, list[ast.expr]]:
    """Return a subscript's name and indices; no name where it is not one of a plain name."""
    indices: list[ast.expr] = []
    inner: ast.expr = node
    while isinstance(inner, ast.Subscript):
        own = inner.slice.elts if isinstance(inner.slice, ast.Tuple) else [inner.slice]
        indices = [*own, *indices]
        inner = inner.value
    return (inner.id if isinstance(inner, ast.Name) else None), indices


def is_load(node: ast.AST) -> bool:
    """Return whether a name or subscript is read, not written."""
    return isinstance(getattr(node, "ctx", None), ast.Load)
