"""A submission's code as syntax trees, within bounds, and what of it a function is made of."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Final

from grader.course.syntax_tree import syntax_tree
from grader.quick_dataclass import dataclass
from grader.sandbox.replies import SubmissionSource

_MAX_SOURCE: Final = 60_000
_MAX_FILES: Final = 100
_MAX_NODES: Final = 12_000
_MAX_UNIT_NODES: Final = 1_500
_MAX_DEPTH: Final = 60
_MAX_BRACKETS: Final = 40
_FUNCTIONS: Final = (ast.FunctionDef, ast.Lambda)
_COMPOUND: Final = (ast.If, ast.Try, ast.With, ast.For, ast.While)


@dataclass(frozen=True, slots=True)
class CodeFile:
    """A file or a notebook's cell; `text` is what the student wrote."""

    label: str
    tree: ast.Module
    text: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A function of the student's that may hold the mistake.

    `owner` is the class whose method it is.
    """

    file: int
    name: str
    node: ast.FunctionDef | ast.Lambda
    owner: ast.ClassDef | None = None


@dataclass(frozen=True, slots=True)
class StudentCode:
    """All files of a submission, parsed."""

    files: tuple[CodeFile, ...]

    def with_tree(self, number: int, tree: ast.Module) -> StudentCode:
        """Return the code with one file's tree replaced, and its text."""
        text = ast.unparse(ast.fix_missing_locations(tree))
        file = replace(self.files[number], tree=tree, text=text)
        return StudentCode((*self.files[:number], file, *self.files[number + 1 :]))

    def with_texts(self, texts: Mapping[int, str]) -> StudentCode:
        """Return the code with the text of some files replaced, to be loaded."""
        return StudentCode(
            tuple(
                replace(file, text=texts.get(number, file.text))
                for number, file in enumerate(self.files)
            )
        )

    def callers(self, name: str) -> set[str]:
        """Return the names whose values lead to a function or method, directly or not; its own."""
        uses = {
            each: {inner for statement in statements for inner in _names_in(statement)}
            for file in self.files
            for each, statements in _bindings(file.tree).items()
        }
        found = added = {name}
        while added:
            added = {each for each, names in uses.items() if each not in found and names & found}
            found = found | added
        return found

    def units(self, function: str, others: Collection[str]) -> list[Unit]:
        """Return the functions that `function` is made of, itself first.

        It is followed by what it names, directly or not; `others` are functions that are looked
        at on their own.
        """
        bound = [_bindings(file.tree) for file in self.files]
        found: dict[int, Unit] = {}
        seen = {*others} - {function}
        waiting = [function]
        while waiting:
            name = waiting.pop(0)
            if name in seen:
                continue
            seen.add(name)
            for number, names in enumerate(bound):
                for statement in names.get(name, ()):
                    for unit in _units(number, name, statement):
                        found.setdefault(id(unit.node), unit)
                    waiting += [each for each in _names_in(statement) if each not in seen]
        return list(found.values())


def parse(source: SubmissionSource) -> StudentCode | None:
    """Return a submission's code; None where it is larger or deeper than is looked at."""
    texts = [(each.label, each.source) for each in source.blocks]
    texts += [(each.label, each.source) for each in source.modules]
    if sum(len(text) for _, text in texts) > _MAX_SOURCE or len(texts) > _MAX_FILES:
        return None
    files = []
    nodes = 0
    for label, text in texts:
        if _nested(text) > _MAX_BRACKETS:
            return None
        try:
            tree = syntax_tree(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            tree = ast.Module([], [])
        size = _size(tree)
        nodes += size
        if size < 0 or nodes > _MAX_NODES:
            return None
        files.append(CodeFile(label, tree, text))
    return StudentCode(tuple(files))


def _nested(text: str) -> int:
    """Return how deep brackets may be nested at most, those in strings and comments counted."""
    depth = deepest = 0
    for bracket in re.finditer(r"[(\[{]|[)\]}]", text):
        depth = max(depth + (1 if bracket[0] in "([{" else -1), 0)
        deepest = max(deepest, depth)
    return deepest


def _size(tree: ast.AST) -> int:
    """Return the number of nodes, -1 where they are too many or nested too deep."""
    level: list[ast.AST] = [tree]
    count = depth = 0
    while level:
        count += len(level)
        depth += 1
        if count > _MAX_NODES or depth > _MAX_DEPTH:
            return -1
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    return count


def _bindings(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """Return the statements at the top level that give a name its value: the last definition."""
    found: dict[str, list[ast.stmt]] = {}
    for statement in _top_level(tree.body):
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            found[statement.name] = [statement]
        elif isinstance(statement, ast.Assign):
            for target in statement.targets:
                for node in ast.walk(target):
                    if isinstance(node, ast.Name):
                        found.setdefault(node.id, []).append(statement)
    return found


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, _COMPOUND):
            for name in ("body", "orelse", "finalbody"):
                yield from _top_level(getattr(statement, name, []))


def _units(file: int, name: str, statement: ast.stmt) -> Iterator[Unit]:
    found: list[Unit] = []
    if isinstance(statement, ast.FunctionDef):
        found = [Unit(file, name, statement)]
    elif isinstance(statement, ast.ClassDef):
        found = [
            Unit(file, each.name, each, statement)
            for each in statement.body
            if isinstance(each, ast.FunctionDef)
        ]
    elif isinstance(statement, ast.Assign):
        found = [
            Unit(file, name, each)
            for each in ast.walk(statement.value)
            if isinstance(each, ast.Lambda)
        ]
    for unit in found:
        if 0 < _size(unit.node) <= _MAX_UNIT_NODES:
            yield unit


def _names_in(statement: ast.stmt) -> list[str]:
    found = dict.fromkeys(
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(statement)
        if isinstance(node, ast.Name | ast.Attribute)
    )
    return list(found)
