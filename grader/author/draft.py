"""A draft of a misconception, from code of a student in which a repair has found what is wrong.

The student's function is held against the reference's: statements that are equal but for names say
which name of theirs is which. Then the statement with the wrong part is equal to one of the
reference, but for that part, or for something around it, and this is the edit.
"""

from __future__ import annotations

import ast
import builtins
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence, Set
from difflib import SequenceMatcher
from typing import Final

from grader.course.syntax_tree import own_parts, syntax_tree
from grader.diagnosis.program_trees import Definition
from grader.diagnosis.rewriting import rewrite
from grader.errors import CourseError
from grader.quick_dataclass import dataclass
from grader.result import Listing, Place

_IGNORED: Final = {"ctx", "kind", "type_comment"}
_LONGEST: Final = 100_000
_CLEARLY: Final = 0.15

Names = dict[str, str]
"""Which name of the reference stands for which of the student's."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A misconception as an edit of the reference, ready to be kept in the course."""

    function: str
    edit: Mapping[str, str]
    code: str


def draft(reference: str, listing: Listing, places: Sequence[Place], title: str) -> Draft | None:
    """Return a draft that makes the reference wrong as a student's function is.

    Parameters
    ----------
    reference : str
        The source of the exercise's reference.
    listing : Listing
        The student's function.
    places : sequence of Place
        The parts of it that a repair has to change.
    title : str
        What the mistake is called until the author finds a better name.

    Returns
    -------
    Draft or None
        None where the two are written too differently for an edit to say it.
    """
    right = _definition(reference, listing.function)
    wrong = _definition(textwrap.dedent(listing.text), listing.function)
    if right is None or wrong is None or not places:
        return None
    indent = len(listing.text) - len(listing.text.lstrip(" "))
    names = _names(wrong, right)
    edit: dict[str, str] = {}
    for place in places:
        found = _edit(wrong, right, names, _marked(wrong, listing, place, indent))
        if found is None:
            return None
        edit |= [found]
    try:
        rewrite(right, edit, "the draft")
    except CourseError:
        return None
    return Draft(listing.function, edit, _code(listing.function, edit, title))


def _definition(source: str, name: str) -> ast.FunctionDef | None:
    if len(source) > _LONGEST:
        return None
    try:
        tree = syntax_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = [one for one in tree.body if isinstance(one, ast.FunctionDef) and one.name == name]
    return found[-1] if found else None


def _marked(wrong: Definition, listing: Listing, place: Place, indent: int) -> ast.expr | None:
    """Return the expression that a place marks."""
    if place.file != listing.place:
        return None
    line = place.line - listing.first_line + 1
    first = len(place.text[: place.column].encode()) - indent
    last = len(place.text[: place.end_column].encode()) - indent
    for node in ast.walk(wrong):
        if (
            isinstance(node, ast.expr)
            and (node.lineno, node.col_offset) == (line, first)
            and (node.end_lineno, node.end_col_offset) == (line, last)
        ):
            return node
    return None


def _names(wrong: ast.FunctionDef, right: ast.FunctionDef) -> Names:
    """Return which names are which, as far as parameters and equal statements show it."""
    own, theirs = wrong.args.args, right.args.args
    names = {one.arg: other.arg for one, other in zip(own, theirs, strict=False)}
    stored = {
        node.id
        for node in ast.walk(wrong)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    free = {node.id for node in ast.walk(wrong) if isinstance(node, ast.Name)}
    names |= {name: name for name in free - stored - names.keys()}
    for statement in _statements(wrong):
        matches = []
        for other in _statements(right):
            trial = dict(names)
            if _equal(statement, other, trial, None) is not None:
                matches.append(trial)
        if len(matches) == 1:
            names = matches[0]
    return names


def _edit(
    wrong: ast.FunctionDef, right: ast.FunctionDef, names: Names, marked: ast.expr | None
) -> tuple[str, str] | None:
    """Return what to replace in the reference and by what, the smallest that will do."""
    if marked is None:
        return None
    above = {child: node for node in ast.walk(wrong) for child in ast.iter_child_nodes(node)}
    hole: ast.AST = marked
    while isinstance(hole, ast.expr | ast.Return | ast.Assign | ast.AugAssign | ast.Expr):
        edit = _nearest({one for one in _edits(wrong, right, names, hole) if one[0] != one[1]})
        if edit is not None:
            try:
                rewrite(right, dict([edit]), "the draft")
                return edit
            except CourseError:  # it stands there twice: something larger may not
                pass
        hole = above[hole]
    return None


def _nearest(edits: Set[tuple[str, str]]) -> tuple[str, str] | None:
    """Return the edit that changes least, where there is no doubt which that is."""
    ranked = sorted(
        ((SequenceMatcher(None, *edit, autojunk=False).ratio(), edit) for edit in edits),
        reverse=True,
    )
    if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < _CLEARLY:
        return None
    return ranked[0][1] if ranked else None


def _edits(
    wrong: ast.FunctionDef, right: ast.FunctionDef, names: Names, hole: ast.expr | ast.stmt
) -> Iterator[tuple[str, str]]:
    inside = (one for one in _statements(wrong) if any(node is hole for node in own_parts(one)))
    statement = next(inside, None)
    if statement is None:
        return
    for other in _statements(right):
        trial = dict(names)
        whole = hole is statement and type(hole) is type(other)
        if whole:  # its parts must be equal but for one, which is any of them
            parts = [one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.expr)]
            whole = any(_equal(statement, other, dict(names), part) is not None for part in parts)
        found = other if whole else _equal(statement, other, trial, hole)
        if isinstance(found, ast.expr | ast.stmt) and (text := _translated(hole, trial, right)):
            yield ast.unparse(found), text


def _translated(node: ast.expr | ast.stmt, names: Names, right: ast.FunctionDef) -> str | None:
    known = {each.id for each in ast.walk(right) if isinstance(each, ast.Name)}
    known |= {each.arg for each in right.args.args} | set(dir(builtins))
    copied = ast.parse(ast.unparse(node))
    for each in ast.walk(copied):
        if isinstance(each, ast.Name):
            each.id = names.get(each.id, each.id)
            if each.id not in known:
                return None
    return ast.unparse(copied)


def _statements(function: ast.FunctionDef) -> list[ast.stmt]:
    return [node for node in ast.walk(function) if isinstance(node, ast.stmt)][1:]


def _equal(
    own: object, other: object, names: Names, hole: ast.expr | ast.stmt | None
) -> ast.expr | bool | None:
    """Hold two trees against each other: None where they differ.

    Returns what stands in the place of `hole`, else True. `names` takes up which names are which.
    Statements within statements are not looked at.
    """
    if own is hole and hole is not None:
        return other if isinstance(other, ast.expr) else None
    if type(own) is not type(other):
        return None
    if isinstance(own, ast.Name) and isinstance(other, ast.Name):
        taken = names.get(own.id)
        if taken is None and other.id not in names.values():
            names[own.id] = other.id
            return True
        return True if taken == other.id else None
    if isinstance(own, list) and isinstance(other, list):
        if own and isinstance(own[0], ast.stmt):
            return True
        if len(own) != len(other):
            return None
        return _all(zip(own, other, strict=True), names, hole)
    if isinstance(own, ast.AST) and isinstance(other, ast.AST):
        fields = [name for name in own._fields if name not in _IGNORED]
        pairs = ((getattr(own, name, None), getattr(other, name, None)) for name in fields)
        return _all(pairs, names, hole)
    return True if own == other else None


def _all(
    pairs: Iterator[tuple[object, object]] | zip[tuple[object, object]],
    names: Names,
    hole: ast.expr | ast.stmt | None,
) -> ast.expr | bool | None:
    result: ast.expr | bool = True
    for one, other in pairs:
        found = _equal(one, other, names, hole)
        if found is None:
            return None
        if isinstance(found, ast.expr):
            result = found
    return result


def _code(function: str, edit: Mapping[str, str], title: str) -> str:
    name = re.sub(r"\W+", "_", f"{function}_{title}".lower()).strip("_")
    pairs = ", ".join(f"{_quoted(old)}: {_quoted(new)}" for old, new in edit.items())
    told = " ".join(
        f"`{_plain(new)}` stands where `{_plain(old)}` belongs." for old, new in edit.items()
    )
    return (
        f'@mistake("{function}", edit={{{pairs}}})\n'
        f"def {name}():\n"
        f'    """{_plain(title)}\n\n'
        f"    In {{function}}, {told}\n"
        '    """\n'
    )


def _quoted(text: str) -> str:
    return repr(text) if '"' in text or "\\" in text else f'"{text}"'


def _plain(text: str) -> str:
    """Return a text that a docstring, filled in by `str.format`, gives back as it is."""
    return (
        text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"').replace("{", "{{").replace("}", "}}")
    )
