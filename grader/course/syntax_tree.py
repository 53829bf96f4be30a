"""The syntax tree of a student's code, read without a word."""

from __future__ import annotations

import ast
import warnings


def syntax_tree(source: str | bytes) -> ast.Module:
    r"""Return the syntax tree of Python source; what Python only warns of is not said.

    From 3.12 on Python warns on standard error of an escape such as "\d" in a plain string.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As `ast.parse` does.

    Examples
    --------
    >>> len(syntax_tree("x = '\\d'").body)
    1
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)
