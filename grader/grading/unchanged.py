"""Whether a submission's code is still the stub's: then nothing has been tried yet."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from grader.course import Course, Exercise
from grader.course.syntax_tree import syntax_tree
from grader.grading.given import given_submissions
from grader.grading.submission import Submission
from grader.language import gettext_lazy as _

NOT_YET: Final = _("mistakes are named once something in the code has changed")
_MAX_SOURCE: Final = 200_000
_MAIN: Final = ast.dump(ast.parse('__name__ == "__main__"', mode="eval").body)
_DEFINITIONS: Final = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def is_stub(submission: Submission, course: Course, exercise: Exercise) -> bool:
    """Return whether a submission holds no statement that the stub has not.

    Statements are compared by their syntax trees, so that comments, docstrings and layout are no
    change, and neither are imports, calls that stand alone such as `print(...)`, what is done under
    `if __name__ == "__main__":`, and answers that a person grades. It does not matter which of the
    two is a notebook.
    """
    written = frozenset(part.id for part in exercise.by_hand)
    imported = (each.source for each in submission.modules)
    own = _statements([submission.source, *imported], written)
    given = _given(tuple(each.source for each in given_submissions(course, exercise)))
    return own is not None and given is not None and own <= given


@lru_cache(maxsize=64)
def _given(sources: tuple[str, ...]) -> frozenset[str] | None:
    """Return the statements of an exercise's stubs: worked out once, not for each of a class."""
    return _statements(sources)


def _statements(
    sources: Iterable[str], left_out: Collection[str] = frozenset()
) -> frozenset[str] | None:
    """Return what each statement at the top level is, apart from how it is written.

    None where that can't be read.
    """
    found: set[str] = set()
    for source in sources:
        if len(source) > _MAX_SOURCE:
            return None
        try:
            tree = syntax_tree(source)
            for node in ast.walk(tree):
                if isinstance(node, _DEFINITIONS):
                    _drop_docstring(node)
            found.update(
                ast.dump(node)
                for node in tree.body
                if not isinstance(node, ast.Expr | ast.Import | ast.ImportFrom)
                and not _sets(node, left_out)
                and not _is_main_block(node)
            )
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
    return frozenset(found)


def _sets(node: ast.stmt, names: Collection[str]) -> bool:
    """Whether a statement sets one of these names and nothing else."""
    return isinstance(node, ast.Assign) and all(
        isinstance(target, ast.Name) and target.id in names for target in node.targets
    )


def _is_main_block(node: ast.stmt) -> bool:
    """Whether a statement is only for the file that is run itself: no check ever sees it."""
    return isinstance(node, ast.If) and ast.dump(node.test) == _MAIN


def _drop_docstring(
    node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
) -> None:
    first = node.body[0] if node.body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        del node.body[0]
