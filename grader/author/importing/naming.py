"""Whose a name is: the student's, or one that a check may have on its own side."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterable, Iterator, Mapping

from grader.author.importing.clients import CLIENTS
from grader.notebooks.syntax import to_python
from grader.quick_dataclass import dataclass

_PLAIN = {"numpy", "pandas", "polars"}
_SKIPPED = CLIENTS | {"nose", "IPython"}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an assignment.

    Attributes
    ----------
    student : mapping
        The keys are what the student's cells define, in their order.
    read : frozenset of str
        Names that the student's functions look up in their module when they are called, whether
        a cell defines them or none does.
    imports : mapping
        For each imported name the statement that imports it.
    stars : tuple of str
        Statements that import all of a module.
    given : mapping
        Functions and constants that students are given and that need nothing of theirs: the
        source of each.
    """

    student: Mapping[str, None]
    read: frozenset[str]
    imports: Mapping[str, str]
    stars: tuple[str, ...]
    given: Mapping[str, str]


def names_of(cells: Iterable[tuple[ast.Module, bool]], tests: Iterable[ast.Module]) -> Names:
    """Return the names in the cells of an assignment.

    Parameters
    ----------
    cells : iterable of (tree, is a solution)
    tests : iterable of tree
    """
    cells = list(cells)
    imports: dict[str, str] = {}
    stars: dict[str, None] = {}
    for tree in (*(tree for tree, _ in cells), *tests):
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                _add_import(node, imports, stars)
    student: dict[str, None] = {}
    read: set[str] = set()
    for tree, _ in cells:
        for node in tree.body:
            for name in bound(node):
                if name not in imports:
                    student.pop(name, None)  # the last definition is the one that counts
                    student[name] = None
        read |= looked_up(tree)
    given = _given(cells, imports)
    for name in given:
        del student[name]
    read -= {*dir(builtins), *imports, *given}
    return Names(student, frozenset(read), imports, tuple(stars), given)


def bound(node: ast.stmt) -> list[str]:
    """Return the names that a statement of a module binds there."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [node.name]
    return [
        each.id
        for each in _same_scope(node)
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
    ] + [
        each.name
        for each in _same_scope(node)
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]


def library_class(call: ast.Call, names: Names) -> str:
    """Return the library's class that `isinstance` asks a student's value about; else nothing.

    An object of such a class stays in the student's process, which has a class of its own. Numbers,
    arrays and tables do not: their classes are the grader's.
    """
    if ast.unparse(call.func) != "isinstance" or len(call.args) != 2:
        return ""
    value, kind = call.args
    if not isinstance(value, ast.Name) or value.id not in names.student:
        return ""
    if not isinstance(kind, ast.Name | ast.Attribute):
        return ""
    parts = ast.unparse(kind).split(".")
    words = names.imports.get(parts[0], "").split()  # `import a.b as c`, `from a.b import c`
    package = words[1].partition(".")[0] if words else ""
    crosses = not package or package in _PLAIN or package in sys.stdlib_module_names
    return "" if crosses else parts[-1]


def defined(source: str) -> set[str]:
    """Return the names that a cell's code defines; none where it is no Python."""
    try:
        tree = ast.parse(to_python(source).source)
    except (SyntaxError, ValueError):
        return set()
    return {name for node in tree.body for name in bound(node)}


def loaded(source: str) -> set[str]:
    """Return the names that some code reads, at any depth; none where it is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return set()
    return {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}


def _same_scope(node: ast.AST) -> Iterator[ast.AST]:
    waiting: list[ast.AST] = [node]
    while waiting:
        each = waiting.pop(0)
        yield each
        if not isinstance(
            each,
            ast.FunctionDef
            | ast.AsyncFunctionDef
            | ast.ClassDef
            | ast.Lambda
            | ast.ListComp
            | ast.SetComp
            | ast.DictComp
            | ast.GeneratorExp,
        ):
            waiting += ast.iter_child_nodes(each)


def _add_import(
    node: ast.Import | ast.ImportFrom, imports: dict[str, str], stars: dict[str, None]
) -> None:
    if isinstance(node, ast.Import):
        modules = [(alias, alias.name) for alias in node.names]
    else:
        modules = [(alias, node.module or "") for alias in node.names]
    for alias, module in modules:
        if module.partition(".")[0] in _SKIPPED or (
            isinstance(node, ast.ImportFrom) and node.level
        ):
            continue
        single = ast.unparse(
            ast.Import([alias])
            if isinstance(node, ast.Import)
            else ast.ImportFrom(node.module, [alias], 0)
        )
        if alias.name == "*":
            stars[single] = None
        else:
            imports[alias.asname or alias.name.partition(".")[0]] = single


def looked_up(tree: ast.AST) -> set[str]:
    """Return the names that the functions in some code read and do not bind themselves."""
    found = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inside = list(ast.walk(function))
            own = {each.arg for each in inside if isinstance(each, ast.arg)} | {
                each.id
                for each in inside
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }
            found |= {
                each.id
                for each in inside
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)
            } - own
    return found


def _given(cells: list[tuple[ast.Module, bool]], imports: Mapping[str, str]) -> dict[str, str]:
    """Return the functions and literal constants of given cells that depend on nothing else."""
    counts: dict[str, int] = {}
    candidates: dict[str, ast.stmt] = {}
    for tree, solution in cells:
        for node in tree.body:
            for name in bound(node):
                counts[name] = counts.get(name, 0) + 1
                if not solution and _may_be_given(node):
                    candidates[name] = node
    found = {name: node for name, node in candidates.items() if counts[name] == 1}
    allowed = set(dir(builtins)) | set(imports)
    changed = True
    while changed:
        changed = False
        for name, node in list(found.items()):
            if not _free(node) <= allowed | set(found):
                del found[name]
                changed = True
    return {name: ast.unparse(node) for name, node in found.items()}


def _may_be_given(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef):
        return not node.decorator_list
    if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
        return False
    try:
        value = ast.literal_eval(node.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return value is not None and value is not ... and len(node.targets) == 1


def _free(node: ast.stmt) -> set[str]:
    inside = list(ast.walk(node))
    own = {each.arg for each in inside if isinstance(each, ast.arg)}
    own |= {e.id for e in inside if isinstance(e, ast.Name) and isinstance(e.ctx, ast.Store)}
    own |= {each.name for each in inside if isinstance(each, ast.FunctionDef)}
    return {e.id for e in inside if isinstance(e, ast.Name) and isinstance(e.ctx, ast.Load)} - own
