"""An alternative: one edit of a student's syntax tree, and where it is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from grader.quick_dataclass import dataclass

Admits = Callable[[ast.expr], bool]
"""Whether an edit of an expression may be of use."""


def everywhere(_node: ast.expr) -> bool:
    """Admit all expressions."""
    return True


@dataclass(frozen=True, slots=True)
class Block:
    """A list of statements: which field of which node holds it."""

    parent: ast.AST
    field: str

    @property
    def statements(self) -> list[ast.stmt]:
        """The statements as the student has them."""
        found: list[ast.stmt] = getattr(self.parent, self.field)
        return found


@dataclass(frozen=True, slots=True)
class Alternative:
    """One edit.

    Attributes
    ----------
    kind : str
        What is wrong where this edit makes it right; a key of `sentences.TITLES`.
    cost : int
        How large the edit is: of several that make a program right the smallest is told.
    old : ast.expr, ast.stmt or Block
        What is replaced.
    new : ast.expr or sequence of ast.stmt
        What takes its place: an expression for an expression, else statements.
    marked : ast.AST
        The part of the student's code that is to be changed.
    """

    kind: str
    cost: int
    old: ast.expr | ast.stmt | Block
    new: ast.expr | Sequence[ast.stmt]
    marked: ast.AST

    @property
    def key(self) -> tuple[int, str]:
        """The slot that it belongs to."""
        if isinstance(self.old, Block):
            return id(self.old.parent), self.old.field
        return id(self.old), ""
