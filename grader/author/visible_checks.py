"""The visible checks of a check file, taken out by its syntax tree.

What is kept is named, never what is left out: the tests with the visible mark, and of the rest
of the file only the statements that define a name which they use, directly or not.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from grader.author.merging import with_shared
from grader.author.needed import FUNCTIONS, Function, Needed, is_always_used
from grader.errors import CourseError
from grader.language import gettext_lazy as _

_REFERENCE: Final = "reference"
_DROPPED: Final = "\0"  # what no line of Python holds


def visible_checks(source: str, path: Path) -> str:
    """Return the text of a check file with nothing but its visible checks.

    Comments and the file's own docstring are left out.

    Parameters
    ----------
    source : str
        The text of the check file; valid Python.
    path : Path
        Where it lies, for messages and to tell imports of its neighbours.

    Raises
    ------
    CourseError
        A visible check needs what students do not get.
    """
    source = with_shared(source, path)
    tree = ast.parse(source)
    kept = Needed(tree)
    for test in _visible_tests(tree, path):
        before = set(kept.nodes)
        kept.add(test)
        for node in sorted(kept.nodes.keys() - before, key=lambda node: node.lineno):
            _refuse(node, test, path)
    parts = [_text(node, source, kept) for node in tree.body if node in kept.nodes]
    return '"""Visible checks."""\n\n' + "\n\n\n".join(parts) + "\n"


def _visible_tests(tree: ast.Module, path: Path) -> Iterator[Function]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(map(_is_visible, ast.walk(node))):
            raise CourseError(
                _(
                    "{path}: line {line}: the class {name} holds visible checks.",
                    path=path,
                    line=node.lineno,
                    name=node.name,
                ),
                _(
                    "Write visible checks as functions of the module, so that they can be handed"
                    " out."
                ),
            )
        if isinstance(node, FUNCTIONS) and _is_visible(node):
            yield node


def _is_visible(node: ast.AST) -> bool:
    if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return False
    marks = [item.func if isinstance(item, ast.Call) else item for item in node.decorator_list]
    return any(isinstance(mark, ast.Attribute) and mark.attr == "visible" for mark in marks)


def _refuse(node: ast.stmt, test: Function, path: Path) -> None:
    """Raise where a visible check needs what is not handed out."""
    fields = {"path": path, "line": node.lineno, "check": test.name}
    if isinstance(node, FUNCTIONS):
        arguments = {item.arg for item in ast.walk(node.args) if isinstance(item, ast.arg)}
        is_check = node is test or any("fixture" in ast.dump(d) for d in node.decorator_list)
        if is_check and _REFERENCE in arguments:
            told = _(
                "{path}: line {line}: the visible check {check} uses the fixture reference, which"
                " students do not get.",
                **fields,
            )
            if node is not test:
                told = _(
                    "{path}: line {line}: the visible check {check}, through the fixture {fixture},"
                    " uses the fixture reference, which students do not get.",
                    fixture=node.name,
                    **fields,
                )
            raise CourseError(
                told, _("Write the expected values into the check, or take its visible mark away.")
            )
    for module in _imported(node):
        if not module or (path.parent / f"{module}.py").exists():
            raise CourseError(
                _(
                    "{path}: line {line}: the visible check {check} uses what is imported from"
                    " {module}, a file of solutions/, which students do not get.",
                    module=module or _("beside it"),
                    **fields,
                ),
                _(
                    "Write what visible checks use into the check file, or into shared.py and take"
                    " it by `from shared import ...`."
                ),
            )


def _imported(node: ast.stmt) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in part.names)
        elif isinstance(part, ast.ImportFrom):
            yield "" if part.level else (part.module or "").partition(".")[0]


def _text(node: ast.stmt, source: str, kept: Needed) -> str:
    """Return a statement's own lines, without comments and methods that are not handed out."""
    if isinstance(node, ast.Import | ast.ImportFrom) and not is_always_used(node):
        bound = [(alias.asname or alias.name).partition(".")[0] for alias in node.names]
        pairs = zip(node.names, bound, strict=True)
        node.names = [alias for alias, name in pairs if name in kept.used]
        return ast.unparse(node)
    lines = source.split("\n")
    rest = lines[(node.end_lineno or 0) - 1].encode()[node.end_col_offset :].strip()
    if node.col_offset or rest[:1] not in (b"", b"#"):
        return ast.unparse(node)  # it shares a line with another statement
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip() or _DROPPED
    for method in node.body if isinstance(node, ast.ClassDef) else ():
        if isinstance(method, FUNCTIONS) and method not in kept.nodes:
            first = _first_line(method) - 1
            while lines[first - 1] in ("", _DROPPED):
                first -= 1
            span = slice(first, method.end_lineno)
            lines[span] = [_DROPPED] * len(lines[span])
    own = lines[_first_line(node) - 1 : node.end_lineno]
    return "\n".join(line for line in own if line != _DROPPED)


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return int(min([node.lineno, *(decorator.lineno for decorator in decorators)]))
