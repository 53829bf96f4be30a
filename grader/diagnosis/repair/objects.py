"""The objects that a function of the student's has at hand, and the methods of their classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.diagnosis.repair.student_code import StudentCode, Unit
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Method:
    """A method of an object at hand, `network.learn`, and the names of what it takes."""

    function: ast.Attribute
    takes: tuple[str, ...]


def methods_at_hand(unit: Unit, code: StudentCode) -> list[Method]:
    """Return the methods that a function may call."""
    classes = {
        node.name: node
        for file in code.files
        for node in file.tree.body
        if isinstance(node, ast.ClassDef)
    }
    if not classes:
        return []
    found = {
        ast.unparse(method.function): method
        for thing, its in _objects(unit, classes)
        for method in _methods(thing, its)
    }
    found.pop(f"self.{unit.name}", None)
    return list(found.values())


def _methods(thing: ast.expr, its: ast.ClassDef) -> Iterator[Method]:
    for each in its.body:
        if isinstance(each, ast.FunctionDef) and each.args.args and each.name != "__init__":
            function = ast.Attribute(thing, each.name, ast.Load())
            yield Method(function, tuple(one.arg for one in each.args.args[1:]))


def _objects(
    unit: Unit, classes: dict[str, ast.ClassDef]
) -> Iterator[tuple[ast.expr, ast.ClassDef]]:
    """Yield what stands for an object, with its class; for what a loop goes over, with any."""
    if unit.owner is not None:
        own = ast.Name("self", ast.Load())
        yield own, unit.owner
        yield from _parts(own, unit.owner, classes)
    for name, its in _made(unit.node, classes):
        thing = ast.Name(name, ast.Load())
        yield thing, its
        yield from _parts(thing, its, classes)
    for node in ast.walk(unit.node):
        if isinstance(node, ast.For):
            for inner in ast.walk(node.target):
                if isinstance(inner, ast.Name):
                    yield from ((ast.Name(inner.id, ast.Load()), its) for its in classes.values())


def _parts(
    thing: ast.expr, its: ast.ClassDef, classes: dict[str, ast.ClassDef]
) -> Iterator[tuple[ast.expr, ast.ClassDef]]:
    """Yield the objects that an object holds."""
    for name, inner in _made(its, classes):
        if name.startswith("self."):
            yield ast.Attribute(thing, name.removeprefix("self."), ast.Load()), inner


def _made(node: ast.AST, classes: dict[str, ast.ClassDef]) -> Iterator[tuple[str, ast.ClassDef]]:
    """Yield the names and attributes that are given a new object, and its class."""
    for each in ast.walk(node):
        if (
            isinstance(each, ast.Assign)
            and isinstance(each.value, ast.Call)
            and isinstance(each.value.func, ast.Name)
            and each.value.func.id in classes
        ):
            name = ast.unparse(each.targets[0])
            if isinstance(each.targets[0], ast.Name) or name.count(".") == 1:
                yield name, classes[each.value.func.id]
