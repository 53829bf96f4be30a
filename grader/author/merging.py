"""The text of a file of `solutions/` with what it imports from `shared` written into it.

What leaves the trusted side, a visible check or a wrong program, has to stand alone.
"""

from __future__ import annotations

import ast
from pathlib import Path

from grader.author.needed import Needed, bound_names
from grader.course.files import read_text
from grader.course.naming import SHARED
from grader.errors import CourseError
from grader.language import gettext_lazy as _


def with_shared(source: str, path: Path) -> str:
    """Return a file's text with what it imports from `shared.py` in place of the import.

    Parameters
    ----------
    source : str
        The text of the file; valid Python.
    path : Path
        Where it lies.

    Raises
    ------
    CourseError
        A name is not in `shared.py`, or stands in both files.
    """
    shared = path.with_name(f"{SHARED}.py")
    tree = ast.parse(source)
    imports = [
        node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == SHARED
    ]
    if not imports or not shared.is_file():
        return source
    text = read_text(shared, "")
    needed = Needed(ast.parse(text))
    wanted = {alias.name for node in imports for alias in node.names}
    needed.add_names(wanted)
    kept = [node for node in needed.body if node in needed.nodes]
    names = {name for node in kept if not _imports(node) for name in bound_names(node)}
    own = {name for node in tree.body if not _imports(node) for name in bound_names(node)}
    fields = {"file": path.name, "line": imports[0].lineno, "shared": shared.name}
    if missing := sorted(wanted - names):
        raise CourseError(
            _("{file}: line {line}: {shared} has no {name}", name=missing[0], **fields),
            _("define it in {path}", path=shared),
        )
    if twice := sorted(names & own):
        raise CourseError(
            _(
                "{file}: line {line}: {file} and {shared} both define {name}",
                name=twice[0],
                **fields,
            ),
            _("rename one of them"),
        )
    renamed = [
        f"{alias.asname} = {alias.name}" for node in imports for alias in node.names if alias.asname
    ]
    parts = [ast.get_source_segment(text, node) or ast.unparse(node) for node in kept]
    parts = [_decorated(text, node, part) for node, part in zip(kept, parts, strict=True)]
    lines = source.split("\n")
    for node in reversed(imports):
        lines[node.lineno - 1 : node.end_lineno] = (
            ["\n\n\n".join([*parts, *renamed])] if node is imports[0] else []
        )
    return "\n".join(lines)


def _imports(node: ast.stmt) -> bool:
    return isinstance(node, ast.Import | ast.ImportFrom)


def _decorated(text: str, node: ast.stmt, part: str) -> str:
    """Return a statement's text with its decorators, which its own position leaves out."""
    decorators = getattr(node, "decorator_list", [])
    shown = [f"@{ast.get_source_segment(text, each)}" for each in decorators]
    return "\n".join([*shown, part])
