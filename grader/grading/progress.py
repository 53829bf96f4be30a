"""How far a file is written: nothing in it, the stub as it was given, or something of one's own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import Final

from grader.course import Course, Exercise
from grader.course.syntax_tree import syntax_tree
from grader.grading.answers import written
from grader.grading.given import given_submissions
from grader.grading.submission import Submission, submission_from_bytes
from grader.quick_dataclass import dataclass

_OPEN: Final = "to be written"
_UNREADABLE: Final = (SyntaxError, ValueError, RecursionError, MemoryError)


class Written(IntEnum):
    """How far a file is written."""

    NOTHING = 0  # no code, or none that can be read
    STUB = 1  # code, but none of the exercise's functions is written
    SOMETHING = 2


@dataclass(frozen=True, slots=True)
class Completion:
    """How far a file is written.

    `functions` counts the exercise's functions that are written, and the answers that a person
    grades; `given` says whether some stand there as the stub has them.
    """

    written: Written
    functions: int = 0
    given: bool = False


def progress(name: str, data: bytes, course: Course, exercise: Exercise) -> Completion:
    """Return how far a file is written, as `completion`."""
    return completion(submission_from_bytes(name, data), course, exercise)


def completion(submission: Submission, course: Course, exercise: Exercise) -> Completion:
    """Return how far a submission is written, by its syntax tree; comments count for nothing."""
    if submission.problem:
        return Completion(Written.NOTHING)
    given = _given(course, exercise)
    own: set[str] = set()
    empty, broken, as_given = True, False, False
    for statements in _trees(submission):
        if statements is None:
            broken = True
            continue
        empty = empty and not statements
        for found, form in _definitions(statements, exercise.functions):
            if form == _OPEN or form in given[found]:
                as_given = True
            else:
                own.add(found)
    own.update(
        part.id
        for part in exercise.by_hand
        if part.answer == "text" and written(part, submission)[0]
    )
    if own or broken:
        return Completion(Written.SOMETHING, len(own))
    return Completion(Written.NOTHING if empty else Written.STUB, given=as_given)


def _given(course: Course, exercise: Exercise) -> dict[str, set[str]]:
    return _stub_forms(given_submissions(course, exercise), exercise.functions)


@lru_cache(maxsize=64)
def _stub_forms(given: tuple[Submission, ...], functions: tuple[str, ...]) -> dict[str, set[str]]:
    """Return the forms in which each function was given to students, by .py and by notebook."""
    forms: dict[str, set[str]] = {name: set() for name in functions}
    for submission in given:
        for statements in _trees(submission):
            for name, form in _definitions(statements or [], functions):
                forms[name].add(form)
    return forms


def _trees(submission: Submission) -> Iterator[list[ast.stmt] | None]:
    """Give the statements of the file, or of each cell; None where it is no Python."""
    for source in [cell.source for cell in submission.cells] or [submission.source]:
        try:
            body = syntax_tree(source).body
        except _UNREADABLE:
            yield None
            continue
        yield [one for one in body if not _is_text(one)]


def _definitions(
    statements: Sequence[ast.stmt], functions: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Give each function that is defined, and its form."""
    waiting = list(statements)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            body = [one for one in node.body if not _is_text(one)]
            if node.name in functions:
                yield node.name, _OPEN if _is_open(body) else _form(node, body)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                bound = alias.asname or alias.name
                yield from ((one, ast.dump(node)) for one in functions if bound in (one, "*"))
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            for name in ast.walk(node):
                if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                    yield from ((one, "assigned") for one in functions if one == name.id)
        else:  # if, try, with: their statements define at the top level too
            waiting += [
                child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)
            ]


def _form(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, body: list[ast.stmt]) -> str:
    try:
        head = "" if isinstance(node, ast.ClassDef) else ast.dump(node.args)
        return head + "".join(map(ast.dump, body))
    except _UNREADABLE:  # nested too deep to be told apart; no stub is
        return "deep"


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and (isinstance(node.value.value, str) or node.value.value is Ellipsis)
    )


def _is_open(body: Sequence[ast.stmt]) -> bool:
    """Whether a body is only what stands for one that is still to be written."""
    return all(
        isinstance(one, ast.Pass)
        or (isinstance(one, ast.Raise) and "NotImplemented" in ast.dump(one.exc or one))
        for one in body
    )
