"""A course author's edits, made in the syntax tree of a function.

Each edit has the text of an expression or of statements that stand in the function exactly once,
and the text that takes their place. Spaces, line breaks and brackets that change nothing do not
count.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from grader.diagnosis.location import LOCATED
from grader.diagnosis.program_trees import Definition
from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

_IGNORED: Final = {"ctx", "kind", "type_comment"}
_SHARED: Final = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
"""Nodes of which Python keeps one for all trees."""


@dataclass(frozen=True, slots=True)
class Match:
    """Where the text of an edit was found.

    Attributes
    ----------
    body : list
        The statements that it is among, or the expression itself alone.
    start, stop : int
        Which of them it is.
    """

    body: list[Any]
    start: int
    stop: int

    @property
    def nodes(self) -> list[ast.AST]:
        """What is replaced."""
        return self.body[self.start : self.stop]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A function, or a class, with an author's edits made.

    Attributes
    ----------
    tree : ast.FunctionDef or ast.ClassDef
        Its syntax tree.
    shows : tuple of str
        For each edit of an expression the innermost one that is not in the function without it.
    """

    tree: Definition
    shows: tuple[str, ...]


def rewrite(function: Definition, edits: Mapping[str, str], where: str) -> Rewritten:
    """Return a copy of a function with all `edits` made.

    Parameters
    ----------
    function : ast.FunctionDef or ast.ClassDef
        It stays as it is.
    edits : mapping of str to str
        What to replace, and by what.
    where : str
        What errors begin with: whose edits they are.

    Raises
    ------
    CourseError
        An edit is not valid Python, matches nothing or several places, or overlaps with another.
    """
    copied = _parsed(ast.unparse(function), where)[0]
    assert isinstance(copied, Definition)
    known = {ast.unparse(node) for node in ast.walk(copied) if isinstance(node, ast.expr)}
    found = {old: _only_match(copied, old, new, where) for old, new in edits.items()}
    _refuse_overlaps(found, where)
    expressions: dict[ast.AST, ast.AST] = {}
    statements: list[tuple[Match, list[ast.stmt]]] = []
    for old, match in found.items():
        by = _parsed(edits[old], where)
        if isinstance(match.nodes[0], ast.expr):
            assert isinstance(by[0], ast.Expr)
            expressions[match.nodes[0]] = by[0].value
        else:
            statements.append((match, by))
    for match, by in sorted(statements, key=lambda each: -each[0].start):
        match.body[match.start : match.stop] = by
        if not match.body:
            match.body.append(ast.Pass())
    changed = _Replacing(expressions).visit(copied)
    shows = _shows(changed, list(expressions.values()), known)
    # read again: whether a name is read or assigned to depends on where it stands now
    result = _parsed(ast.unparse(ast.fix_missing_locations(changed)), where)[0]
    assert isinstance(result, Definition)
    return Rewritten(result, shows)


def _shows(tree: ast.AST, new: list[ast.AST], known: set[str]) -> tuple[str, ...]:
    above = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found: dict[str, None] = {}
    for each in new:
        node = each
        while isinstance(node, ast.expr):
            if isinstance(node, LOCATED) and ast.unparse(node) not in known:
                found[ast.unparse(node)] = None
                break
            node = above[node]
    return tuple(found)


class _Replacing(ast.NodeTransformer):
    def __init__(self, by: Mapping[ast.AST, ast.AST]) -> None:
        self._by = by

    def visit(self, node: ast.AST) -> ast.AST:
        if node in self._by:
            return self._by[node]
        result: ast.AST = self.generic_visit(node)
        return result


def _parsed(text: str, where: str) -> list[ast.stmt]:
    try:
        return ast.parse(textwrap.dedent(text).strip()).body
    except (SyntaxError, ValueError) as error:
        raise CourseError(
            _(
                "{place}: {text} is not valid Python ({reason})",
                place=where,
                text=repr(text),
                reason=getattr(error, "msg", error),
            ),
            _("write an expression or whole statements"),
        ) from None


def _only_match(function: Definition, old: str, new: str, where: str) -> Match:
    """Return the one place of an edit."""
    before, after = _parsed(old, where), _parsed(new, where)
    if not before:
        raise CourseError(
            _("{place}: it replaces an empty text", place=where),
            _("say what to replace in the reference"),
        )
    if all(len(body) == 1 and isinstance(body[0], ast.Expr) for body in (before, after)):
        assert isinstance(before[0], ast.Expr)
        matches = list(_expressions(function, before[0].value))
    else:
        matches = list(_statements(function, before))
    about = {"place": where, "text": repr(old), "function": function.name}
    if not matches:
        if _is_expression(old) and not _is_expression(new):
            raise CourseError(
                _(
                    "{place}: {text} is not a whole statement of {function}, but {new} cannot stand"
                    " inside one",
                    new=repr(new),
                    **about,
                ),
                _("write out the whole statement on both sides"),
            )
        told = _("{place}: the reference's {function} has no expression {text}", **about)
        if not _is_expression(old):
            told = _("{place}: the reference's {function} has no statement {text}", **about)
        raise CourseError(told, _("copy what to replace from the reference"))
    if len(matches) > 1:
        raise CourseError(
            _("{place}: {text} stands in {function} {count} times", count=len(matches), **about),
            _("include more of the code around it, so that it matches once"),
        )
    return matches[0]


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError):
        return False
    return True


def _expressions(function: Definition, wanted: ast.expr) -> Iterator[Match]:
    bases = function.bases if isinstance(function, ast.ClassDef) else []
    for part in (*bases, *function.body):
        for node in ast.walk(part):
            if isinstance(node, ast.expr) and _same(node, wanted):
                yield Match([node], 0, 1)


def _statements(function: Definition, wanted: list[ast.stmt]) -> Iterator[Match]:
    for node in ast.walk(function):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if not isinstance(body, list):
                continue
            for start in range(len(body) - len(wanted) + 1):
                stop = start + len(wanted)
                if all(map(_same, body[start:stop], wanted)):
                    yield Match(body, start, stop)


def _same(one: Any, other: Any) -> bool:
    """Return whether two parts of syntax trees say the same."""
    if isinstance(one, ast.AST):
        return type(one) is type(other) and all(
            _same(getattr(one, name, None), getattr(other, name, None))
            for name in one._fields
            if name not in _IGNORED
        )
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and bool(one == other)


def _refuse_overlaps(found: Mapping[str, Match], where: str) -> None:
    owner: dict[ast.AST, str] = {}
    for old, match in found.items():
        for node in match.nodes:
            for inner in ast.walk(node):
                if isinstance(inner, _SHARED):
                    continue
                if inner in owner:
                    raise CourseError(
                        _(
                            "{place}: {first} and {second} overlap",
                            place=where,
                            first=repr(owner[inner]),
                            second=repr(old),
                        ),
                        _("write them as a single edit"),
                    )
                owner[inner] = old
