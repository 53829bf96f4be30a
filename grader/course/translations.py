"""A course in other languages: task texts beside its own, and stubs made of its catalogue.

`exercise1.zh.md` is the Chinese text of `exercise1.md`. A stub or a notebook in Chinese is made of
the course's own by its catalogue when it is handed out. Names of files, functions and arguments are
the same in every language.
"""

from __future__ import annotations

import ast
import inspect
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from grader.course.by_hand import OWN_CODE, OWN_VALUE, PLACEHOLDER
from grader.course.model import Course
from grader.course.syntax_tree import syntax_tree
from grader.language import authored, find_language, languages_of

Say = Callable[[str], str]
_RAISED: Final = re.compile(r'raise NotImplementedError\("(\w+)')


def short_tag(language: str) -> str:
    """Return the tag that translated files are written with: `zh` for `zh_CN`."""
    return language.partition("_")[0]


def translated_path(path: Path, language: str) -> Path:
    """Return where a file's translation is written."""
    return path.with_name(f"{path.stem}.{short_tag(language)}{path.suffix}")


def in_language(path: Path, language: str) -> Path:
    """Return a file's translation into a language where there is one, else the file itself."""
    return translations_of(path).get(language, path)


def translations_of(path: Path) -> dict[str, Path]:
    """Return the translations of a file by language; `zh`, `zh_CN` and `zh-CN` are the same."""
    found: dict[str, Path] = {}
    for other in sorted(path.parent.glob(f"{path.stem}.*{path.suffix}")):
        tag = other.name[len(path.stem) + 1 : -len(path.suffix)]
        language = find_language(tag) if tag else None
        if language is not None:
            found[language] = other
    return found


def stub_texts(stub: str) -> list[str]:
    """Return what a stub says in words: its docstrings, and the comments that have a line."""
    return [text for _, _, text in _texts(stub)]


def stub_in(course: Course, stub: str, language: str) -> str:
    """Return a stub of a course with its words in a language, as far as the course has it."""
    if language == course.language or language not in languages_of(course.folder):
        return stub
    said = translated_stub(stub, lambda text: authored(course.folder, text).said(language))
    for name in dict.fromkeys(_RAISED.findall(said)):
        told = OWN_CODE.format(function=name)
        said = said.replace(told.said(course.language), told.said(language))
    for text in (OWN_VALUE, PLACEHOLDER):
        said = said.replace(text.said(course.language), text.said(language))
    return said


def translated_stub(stub: str, say: Say) -> str:
    """Return a stub with its docstrings and comments in other words, its code as it is."""
    lines = stub.split("\n")
    for first, last, text in reversed(list(_texts(stub))):
        said = say(text)
        if said == text:
            continue
        margin = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        if lines[first].lstrip().startswith("#"):
            new = [f"{margin}# {line}".rstrip() for line in said.split("\n")]
        else:
            new = _docstring(said, margin)
        lines[first : last + 1] = new
    return "\n".join(lines)


def _docstring(text: str, margin: str) -> list[str]:
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if escaped.endswith('"'):
        escaped = escaped[:-1] + '\\"'
    lines = escaped.split("\n")
    if len(lines) == 1:
        return [f'{margin}"""{escaped}"""']
    rest = [f"{margin}{line}".rstrip() for line in lines[1:]]
    return [f'{margin}"""{lines[0]}', *rest, f'{margin}"""']


def _texts(stub: str) -> Iterator[tuple[int, int, str]]:
    """Yield each text with its first and last line, counted from 0, in their order."""
    found = [*_docstrings(syntax_tree(stub)), *_comments(stub)]
    yield from sorted(found)


def _docstrings(tree: ast.Module) -> Iterator[tuple[int, int, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = node.body[0] if node.body else None
        if (
            isinstance(first, ast.Expr)
            and isinstance(first.value, ast.Constant)
            and isinstance(first.value.value, str)
        ):
            end = first.end_lineno or first.lineno
            yield first.lineno - 1, end - 1, inspect.cleandoc(first.value.value)


def _comments(stub: str) -> Iterator[tuple[int, int, str]]:
    """Yield the comments that stand alone, those on following lines together."""
    begin, last, texts = -1, -2, list[str]()
    for token in tokenize.generate_tokens(io.StringIO(stub).readline):
        if token.type != tokenize.COMMENT or token.line[: token.start[1]].strip():
            continue
        line = token.start[0] - 1
        if line != last + 1 and texts:
            yield begin, last, "\n".join(texts)
            texts = []
        begin = begin if texts else line
        texts.append(token.string.removeprefix("#").removeprefix(" "))
        last = line
    if texts:
        yield begin, last, "\n".join(texts)
