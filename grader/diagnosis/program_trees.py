"""The syntax trees of functions and classes, read once and made ready to be run."""

from __future__ import annotations

import ast
import copy
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

TICK: Final = "bpgrade_tick"
"""What the body of each `while` loop calls first."""

Definition = ast.FunctionDef | ast.ClassDef


class Trees:
    """The syntax trees of files, each parsed once."""

    def __init__(self) -> None:
        self._files: dict[str, dict[str, Definition]] = {}

    def function(self, program: Callable[..., Any]) -> ast.FunctionDef:
        """Return a function's tree, made ready to be run."""
        tree = prepared(copy.deepcopy(self.of_function(program)))
        assert isinstance(tree, ast.FunctionDef)
        return tree

    def of_function(self, program: Callable[..., Any]) -> Definition:
        """Return a function's tree as it is written; it must stay so."""
        return self.at(program.__code__.co_filename, program.__name__)

    def at(self, file: str, name: str) -> Definition:
        """Return the tree of what a file defines by a name, as it is written; it must stay so."""
        if file not in self._files:
            tree = ast.parse(Path(file).read_text("utf-8"))
            found = [node for node in tree.body if isinstance(node, Definition)]
            self._files[file] = {node.name: node for node in found}
        return self._files[file][name]


def prepared(node: Definition) -> Definition:
    """Return the tree, its `while` loops made to end; a function's without decorators."""
    if isinstance(node, ast.FunctionDef):
        node.decorator_list = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.While):
            tick = ast.Call(ast.Name(TICK, ast.Load()), [], [])
            inner.body.insert(0, ast.Expr(tick))
    return ast.fix_missing_locations(node)


def compiled(tree: Definition) -> types.CodeType | None:
    """Return the code that defines it; None where an edit has made it no Python."""
    module = ast.Module([tree], [])
    try:
        with warnings.catch_warnings():  # of code that nobody has written
            warnings.simplefilter("ignore")
            return compile(module, "<candidate>", "exec")
    except (SyntaxError, ValueError, RecursionError):
        return None


def functions_in(tree: Definition) -> list[ast.FunctionDef]:
    """Return the function itself, or a class's methods."""
    if isinstance(tree, ast.FunctionDef):
        return [tree]
    return [node for node in tree.body if isinstance(node, ast.FunctionDef)]
