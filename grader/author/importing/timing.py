"""Tests that stand between cells, and ask for what later cells change: as of when they ask."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from grader.author.importing.assignment import AuthorsTest, ImportPlace
from grader.author.importing.naming import bound, looked_up

_CHANGING: Final = frozenset(
    (
        *("add", "append", "clear", "discard", "extend", "fill", "insert", "pop", "popitem"),
        *("remove", "reverse", "setdefault", "sort", "update", "drop", "dropna", "fillna"),
        *("rename", "replace", "reset_index", "set_index", "sort_values", "sort_index"),
    )
)
_ONLY_IN_PLACE: Final = frozenset(
    (
        *("drop", "dropna", "fillna", "rename", "replace", "reset_index", "set_index"),
        *("sort_values", "sort_index"),
    )
)
Trees = Sequence[tuple[ast.Module, bool]]


def in_time(
    tests: Sequence[AuthorsTest], places: Sequence[ImportPlace], trees: Trees
) -> list[AuthorsTest]:
    """Return tests with the cell after which each is asked, where a later one makes a difference.

    Parameters
    ----------
    tests : sequence of AuthorsTest
        Plain Python.
    places, trees : sequence
        Where the cells of code stand, and what they are.
    """
    bodies = [tree.body for tree, _ in trees]
    found = []
    for test in tests:
        here = test.asked or test.place
        above = [n for n, place in enumerate(places) if place.file == here.file and place < here]
        below = [n for n, place in enumerate(places) if place.file == here.file and here < place]
        changed = {name for number in below for name in _changed(bodies[number])}
        used = _needed(_read(test.source), [bodies[number] for number in above])
        holding = [number for number in above if bodies[number]]
        if holding and used & changed:
            test = replace(test, after=mark_of(places[holding[-1]]))
        found.append(test)
    return found


def mark_of(place: ImportPlace) -> str:
    """Return the name that a cell of the reference has for checks."""
    return f"cell-{place.cell}"


def with_marks(
    code: Sequence[str], places: Sequence[ImportPlace], named: Collection[str]
) -> Iterator[str]:
    """Yield the code of cells, those that checks name, and what follows them, begun with a mark."""
    ended = False
    for text, place in zip(code, places, strict=True):
        if not text.strip():
            continue
        name = mark_of(place)
        if name in named:
            yield f"# %% {name}\n{text}"
        else:
            yield f"# %%\n{text}" if ended else text
        ended = name in named


def _changed(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Give the names that a cell binds, deletes, or changes in place."""
    for node in body:
        yield from bound(node)
        for each in ast.walk(node):
            if isinstance(each, ast.Subscript | ast.Attribute) and not isinstance(
                each.ctx, ast.Load
            ):
                yield from _root(each)
            elif isinstance(each, ast.Name) and isinstance(each.ctx, ast.Del):
                yield each.id
            elif isinstance(each, ast.Call) and _changes(each):
                yield from _root(each.func)


def _read(source: str) -> set[str]:
    """Return the names that a test reads before it binds them."""
    found: set[str] = set()
    own: set[str] = set()
    for node in ast.parse(source).body:
        found |= {
            each.id
            for each in ast.walk(node)
            if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Store)
        } - own
        own |= set(bound(node))
    return found


def _changes(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _CHANGING:
        return False
    in_place = any(
        word.arg == "inplace" and getattr(word.value, "value", False) for word in call.keywords
    )
    return in_place or call.func.attr not in _ONLY_IN_PLACE


def _root(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def _needed(names: set[str], above: Sequence[Sequence[ast.stmt]]) -> set[str]:
    """Return names, and all that the functions and classes of these names read."""
    reads = {
        node.name: looked_up(node)
        for body in above
        for node in body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    found: set[str] = set()
    waiting = set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        waiting |= reads.get(name, set()) - found
    return found
