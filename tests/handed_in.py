"""Wrong programs as a student would hand them in: the reference with one function replaced."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path


class _WithoutReference(ast.NodeTransformer):
    """Write an author's program as a student would: `reference.area(...)` becomes `area(...)`."""

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id == "reference":
            return ast.Name(node.attr, ast.Load())
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        node.args = [
            item
            for item in node.args
            if not (isinstance(item, ast.Name) and item.id == "reference")
        ]
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        node.args = [item for item in node.args if item.arg != "reference"]
        node.kwonlyargs, node.kw_defaults = [], []
        return node


def own_words(node: ast.FunctionDef) -> str:
    """Return the text of an author's function, written as a student would."""
    copied = ast.parse(ast.unparse(node))
    return ast.unparse(_WithoutReference().visit(copied))


def definitions(path: Path) -> dict[str, ast.FunctionDef]:
    """Return the functions of a file by name."""
    tree = ast.parse(path.read_text("utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def needed(name: str, functions: Mapping[str, ast.FunctionDef]) -> list[str]:
    """Return a function's name after those of the functions of its file that it calls."""
    found: list[str] = []
    for node in ast.walk(functions[name]):
        if isinstance(node, ast.Name) and node.id in functions and node.id != name:
            found += [each for each in needed(node.id, functions) if each not in found]
    return [*found, name]


def authored(file: Path, name: str, function: str) -> str:
    """Return the text of an author's program `name`, under the name of the function it is for."""
    functions = definitions(file)
    parts = []
    for each in needed(name, functions):
        node = functions[each]
        node.decorator_list = []
        if each == name:
            node.name = function
        parts.append(own_words(node))
    return "\n\n\n".join(parts)


def with_function(reference: Path, function: str, text: str) -> str:
    """Return the text of the reference with one function replaced."""
    lines = reference.read_text("utf-8").splitlines()
    old = definitions(reference)[function]
    lines[old.lineno - 1 : old.end_lineno] = text.splitlines()
    return "\n".join(lines) + "\n"
