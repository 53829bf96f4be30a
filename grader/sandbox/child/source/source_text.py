"""A file or a cell as it was written: its code, and its syntax tree where that tells more.

To make the tree takes as long as all else in loading, and most texts do without: it is asked where
a statement fails, where a main guard is not at the end, and where a text is written in a rare way.
"""

from __future__ import annotations

import ast
import functools
import linecache
import re
import warnings
from types import CodeType
from typing import Final, NamedTuple

from . import definitions

_RARE: Final = re.compile(r"\\\n|[\r\f]|from \.")  # lines that go on; imports that are rewritten
_DEFINED: Final = re.compile(r"(?:async +def|def|class) +(\w+)")
_BEGINNINGS: Final = ("def ", "class ", "async ")
_GUARD: Final = re.compile(r"""^if __name__ == (?:"__main__"|'__main__'):""", re.MULTILINE)


class Whole(NamedTuple):
    """A text as one piece of code, with the functions and classes at its top level, by lines.

    `guard` is a main guard at its end, which the code is without.
    """

    code: CodeType
    functions: list[tuple[str, int]]
    guard: ast.If | None


class SourceText:
    """One text, whose lines tracebacks can show from now on."""

    def __init__(self, source: str, label: str) -> None:
        self.source = source
        self.label = label
        self._lines = [f"{line}\n" for line in source.split("\n")]
        linecache.cache[label] = (len(source), None, self._lines, label)

    @functools.cached_property
    def tree(self) -> ast.Module:
        """Its tree; raises what Python does for a text that cannot be read."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(self.source, self.label)

    def functions(self) -> list[tuple[str, int]]:
        """Return the functions and classes at its top level, with their lines."""
        return definitions.functions(self.tree)

    def whole(self, flags: int, main: bool = True) -> Whole | None:
        """Return its code, made without a tree; None where the tree has to be asked.

        Where it is not `main`, what stands under a main guard is no part of the code.
        """
        if _RARE.search(self.source):
            return None
        end = None if main else _GUARD.search(self.source)
        own = self.source if end is None else self.source[: end.start()]
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                code = compile(own, self.label, "exec", flags, dont_inherit=True)
                guard = None if end is None else self._guard_from(end.start())
        except Exception:  # the tree tells which statement it is
            return None
        if caught or (not main and "__name__" in code.co_names):
            return None  # there may be another guard
        found = self._functions_of(code)
        return None if found is None else Whole(code, found, guard)

    def _guard_from(self, start: int) -> ast.If:
        """Return the main guard that the text ends with; raises ValueError where more follows."""
        above = "\n" * self.source.count("\n", 0, start)
        [guard] = ast.parse(above + self.source[start:], self.label).body
        assert isinstance(guard, ast.If)
        return guard

    def _functions_of(self, code: CodeType) -> list[tuple[str, int]] | None:
        """Return what lines without indentation define; None where one of them is in a string.

        None too where something is defined in another way, as by a decorator.
        """
        found = [
            (match[1], number)
            for number, line in enumerate(self._lines, 1)
            if line.startswith(_BEGINNINGS) and (match := _DEFINED.match(line))
        ]
        inside = {
            (each.co_name, each.co_firstlineno)
            for each in code.co_consts
            if type(each) is CodeType and each.co_name[0] != "<"
        }
        others = inside.difference(found)
        if len(inside) - len(others) < len(found):
            return None
        if any(self._lines[line - 1][0] not in " \t" for _, line in others):
            return None
        return found
