"""The student's own lines of the functions that lost points, for whoever reads the result."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Final

from grader.course.syntax_tree import definition_in
from grader.result import CheckResult, Listing, Outcome
from grader.sandbox.replies import SubmissionSource

_MAX_SOURCE: Final = 200_000
_MAX_LINES: Final = 300
_MAX_CHARACTERS: Final = 16_000
_LONGEST_LINE: Final = 400
_CUT: Final = "…"


def listings(source: SubmissionSource, checks: Iterable[CheckResult]) -> tuple[Listing, ...]:
    """Return the functions that lost points, each as its last definition has it.

    What is still the stub, or cannot be parsed, is left out; very long lines and functions are
    cut.
    """
    names = dict.fromkeys(
        check.function
        for check in checks
        if check.outcome not in (Outcome.PASSED, Outcome.NOT_IMPLEMENTED, Outcome.BLOCKED)
    )
    found = (_listing(source, name) for name in names)
    return tuple(each for each in found if each is not None)


def _listing(source: SubmissionSource, function: str) -> Listing | None:
    text = source.defining(function)
    if not text or len(text) > _MAX_SOURCE or function not in text:
        return None
    try:
        node = definition_in(text, function)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if node is None or node.end_lineno is None:
        return None
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef) else []
    first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    place = next(block.label for block in reversed(source.blocks) if block.source == text)
    return Listing(function, place, first, _bounded(text.split("\n")[first - 1 : node.end_lineno]))


def _bounded(lines: list[str]) -> str:
    """Return the lines, cut where they or their number are beyond what anyone would read."""
    shown = [
        line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE] + _CUT
        for line in lines[:_MAX_LINES]
    ]
    text = "\n".join(shown)
    if len(text) > _MAX_CHARACTERS:
        return text[:_MAX_CHARACTERS] + _CUT
    return text if len(lines) <= _MAX_LINES else f"{text}\n{_CUT}"
