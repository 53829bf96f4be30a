"""What a function of a file needs: the statements that define the names which it uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Needed:
    """Some statements of a module: grows by what each of them uses, directly or not.

    Of classes only the methods are in it whose names something else uses.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.nodes: dict[ast.stmt, None] = {}
        self.used: set[str] = {"pytestmark"}
        self.body = tree.body

    def add(self, function: Function) -> None:
        """Take in a function of the module and all that it uses."""
        self._keep(function)
        self._grow()
        # A method may use what is not there yet, and that other methods.
        methods = [method for method in self._methods() if self._wants_method(method)]
        for method in methods:
            self._keep(method)
        if methods:
            self.add(function)

    def add_names(self, names: set[str]) -> None:
        """Take in what defines these names, classes with all methods, and all that it uses."""
        self.used |= names
        self._grow()
        while methods := [method for method in self._methods() if method not in self.nodes]:
            for method in methods:
                self._keep(method)
            self._grow()

    def _grow(self) -> None:
        while more := [node for node in self.body if self._wants(node)]:
            for node in more:
                self._keep(node)

    def _wants(self, node: ast.stmt) -> bool:
        if node in self.nodes:
            return False
        names = {*bound_names(node), _filled(node)}
        return is_always_used(node) or not self.used.isdisjoint(names)

    def _methods(self) -> Iterator[Function]:
        for node in self.nodes:
            if isinstance(node, ast.ClassDef):
                yield from (part for part in node.body if isinstance(part, FUNCTIONS))

    def _wants_method(self, method: Function) -> bool:
        special = method.name.startswith("__") and method.name.endswith("__")
        return method not in self.nodes and (special or method.name in self.used)

    def _keep(self, node: ast.stmt) -> None:
        self.nodes[node] = None
        self.used |= _used(node)


def bound_names(node: ast.stmt) -> Iterator[str]:
    """Yield the names that a statement of the module defines."""
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, (*FUNCTIONS, ast.ClassDef)):
            yield part.name
            yield from _fixture_names(part)
            continue
        if isinstance(part, ast.Import | ast.ImportFrom):
            yield from ((alias.asname or alias.name).partition(".")[0] for alias in part.names)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            yield part.id
        waiting += ast.iter_child_nodes(part)


def _fixture_names(node: ast.AST) -> Iterator[str]:
    """Yield the name that `@pytest.fixture(name=...)` gives."""
    for decorator in getattr(node, "decorator_list", ()):
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                yield str(keyword.value.value)


def _used(node: ast.stmt) -> set[str]:
    """Return all names that a statement may use; of a class without those in its methods.

    Texts count as names: they may be those of fixtures, or of methods for `getattr`.
    """
    used: set[str] = set()
    waiting: list[ast.AST] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, ast.Name):
            used.add(part.id)
        elif isinstance(part, ast.Attribute):
            used.add(part.attr)
        elif isinstance(part, ast.arg):
            used.add(part.arg)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            used.add(part.value)
        children = ast.iter_child_nodes(part)
        if isinstance(part, ast.ClassDef):
            children = (child for child in children if not isinstance(child, FUNCTIONS))
        waiting += children
    return used


def is_always_used(node: ast.stmt) -> bool:
    """Whether a statement acts on every check: an autouse fixture, a __future__ or * import."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "__future__" or node.names[0].name == "*"
    return isinstance(node, FUNCTIONS) and any(
        isinstance(decorator, ast.Call)
        and any(keyword.arg == "autouse" for keyword in decorator.keywords)
        for decorator in node.decorator_list
    )


def _filled(node: ast.stmt) -> str | None:
    """Return the name whose value an assignment fills in, as in `TABLE["one"] = 1`."""
    if not isinstance(node, ast.Assign | ast.AugAssign):
        return None
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    while isinstance(target, ast.Subscript | ast.Attribute):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None
