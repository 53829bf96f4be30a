"""What lies beside a notebook and its code needs: data files, and modules of the author's own."""

from __future__ import annotations

import ast
import io
import os
import sys
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from grader.author.importing.assignment import ImportFinding, ImportPlace
from grader.author.importing.exercise import Converted
from grader.course.naming import DATA
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_LARGEST: Final = 64_000_000
_NO_DATA: Final = {".ipynb", ".py", ".pyc"}
_NO_FOLDERS: Final = {"", ".", "..", "tests"}


@dataclass(frozen=True, slots=True)
class DataFile:
    """A data file: where it is, and its path among the course's data."""

    path: Path
    name: str


def with_data(
    found: Sequence[Converted], base: Path
) -> tuple[list[Converted], tuple[DataFile, ...]]:
    """Return exercises that read their files from the course's data, and these files.

    A file is known by a text in the code that is its path from the notebook.
    """
    taken: dict[str, Path] = {}
    exercises = []
    for one in found:
        moved = {}
        for text in one.texts:
            name = _placed(text, (base / one.notebook).parent, one.name, taken)
            if name and name != text:
                moved[text] = name
        exercises.append(_reading(one, moved) if moved else one)
    return exercises, tuple(DataFile(path, name) for name, path in taken.items())


def _placed(text: str, beside: Path, exercise: str, taken: dict[str, Path]) -> str:
    """Take in what a text names, and return its path beside a submission; empty for no path."""
    if not text.strip() or len(text) > 255 or "\n" in text or "\0" in text:
        return ""
    norm = os.path.normpath(text)
    if Path(norm).is_absolute() or norm.startswith("..") or norm in _NO_FOLDERS:
        return ""
    path = beside / norm
    files = list(_data_below(path))
    if not files:
        return ""
    name = "" if norm == DATA else norm.removeprefix(f"{DATA}/")
    other = any(
        taken.get(_joined(name, path, each), each).read_bytes() != each.read_bytes()
        for each in files
    )
    if other:  # another notebook's file of the same name
        name = f"{exercise}/{name}".rstrip("/")
    taken.update({_joined(name, path, each): each for each in files})
    return f"{DATA}/{name}".rstrip("/")


def _joined(name: str, path: Path, file: Path) -> str:
    return (Path(name) / file.relative_to(path)).as_posix()


def _data_below(path: Path) -> Iterator[Path]:
    found = [path] if path.is_file() else sorted(path.rglob("*")) if path.is_dir() else []
    files = [
        each
        for each in found
        if each.is_file()
        and each.suffix not in _NO_DATA
        and not any(part.startswith(".") for part in each.relative_to(path).parts)
    ]
    if sum(each.stat().st_size for each in files) <= _LARGEST:
        yield from files


def _reading(one: Converted, moved: Mapping[str, str]) -> Converted:
    notes = [
        ImportFinding(
            "look",
            ImportPlace(one.notebook),
            _("what it reads as {old} is {new} now, for students too", old=old, new=new),
        )
        for old, new in moved.items()
    ]
    return replace(
        one,
        reference=_with_texts(one.reference, moved),
        head=_with_texts(one.head, moved),
        checks=tuple(replace(each, code=_with_texts(each.code, moved)) for each in one.checks),
        findings=(*one.findings, *notes),
    )


def _with_texts(source: str, texts: Mapping[str, str]) -> str:
    """Return code with other texts in the place of some."""
    lines = source.split("\n")
    for token in reversed(list(tokenize.generate_tokens(io.StringIO(source).readline))):
        (line, start), (last, end) = token.start, token.end
        if tokenize.tok_name[token.type] != "STRING" or line != last:
            continue
        value = _text_of(token.string)
        if value in texts:
            old = lines[line - 1]
            lines[line - 1] = f"{old[:start]}{texts[value]!r}{old[end:]}"
    return "\n".join(lines)


def _text_of(literal: str) -> str:
    """Return the text that a literal is; empty for an f-string and for bytes."""
    node = ast.parse(literal, mode="eval").body
    found = node.value if isinstance(node, ast.Constant) else ""
    return found if isinstance(found, str) else ""


def with_modules(one: Converted, base: Path) -> Converted:
    """Return an exercise with what it imports by name from modules beside its notebook."""
    beside = (base / one.notebook).parent
    lines = one.reference.split("\n")
    packages = dict.fromkeys(one.packages)
    for node in reversed(ast.parse(one.reference).body):
        if not isinstance(node, ast.ImportFrom) or node.level or any(a.asname for a in node.names):
            continue
        module = node.module or ""
        tree = _module(beside / f"{module.replace('.', '/')}.py")
        if tree is None:
            continue
        title = f"# From {module.replace('.', '/')}.py, which lay beside the notebook:"
        lines[node.lineno - 1 : node.end_lineno] = [title, *ast.unparse(tree).split("\n")]
        packages.pop(module.partition(".")[0], None)
        packages |= dict.fromkeys(_imported(tree))
    return replace(one, reference="\n".join(lines), packages=tuple(packages))


def _module(path: Path) -> ast.Module | None:
    """Return a module's code without its text and futures; None where there is no such module."""
    try:
        tree = ast.parse(path.read_bytes()) if path.is_file() else None
    except (OSError, SyntaxError, ValueError):
        return None
    if tree is None:
        return None
    kept = [
        node
        for node in tree.body
        if not (isinstance(node, ast.ImportFrom) and (node.module == "__future__" or node.level))
        and not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
    ]
    return ast.Module(kept, []) if kept else None


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            if top and top not in sys.stdlib_module_names:
                yield top
