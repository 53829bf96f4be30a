"""Many alternatives in one program, each chosen by its number while it runs (mutant schemata).

So that a submission is compiled and loaded once for all that is tried, not once for each:

    delta = error * (1 - out ** 2)

    delta = error * ((1 - out if _bpgrade_edit == 1 else (1 - out) * out)
                     if 1 <= _bpgrade_edit <= 2 else 1 - out ** 2)
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Any, Final

from grader.diagnosis.repair.alternatives import Alternative
from grader.diagnosis.repair.expression_text import OPERATORS, text_of
from grader.quick_dataclass import dataclass

NUMBER: Final = "_bpgrade_edit"
NOTE: Final = "_bpgrade_note"
KEEP: Final = "_bpgrade_keep"
TURN: Final = "_bpgrade_turn"
_kept: Final = ast.Name(KEEP, ast.Load())
_POSITION: Final = ("lineno", "col_offset", "end_lineno", "end_col_offset")


@dataclass(frozen=True, slots=True)
class LoopNotes:
    """What is noted in each turn of a loop: the variables worth a note at its begin and its end."""

    place: str
    first: Sequence[str]
    last: Sequence[str]


@dataclass(slots=True)
class Schema:
    """Alternatives with numbers, to be written into the text of their files."""

    numbered: list[Alternative] = field(default_factory=list)
    _slots: dict[tuple[int, str], range] = field(default_factory=dict)
    _texts: dict[int, str] = field(default_factory=dict)
    _lines: dict[tuple[int, str], list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, alternatives: Sequence[Alternative]) -> Schema:
        """Number the alternatives: those of one place have numbers that follow each other."""
        schema = cls()
        by_slot: dict[tuple[int, str], list[Alternative]] = {}
        for each in alternatives:
            by_slot.setdefault(each.key, []).append(each)
        for key, several in by_slot.items():
            first = len(schema.numbered) + 1
            schema.numbered += several
            schema._slots[key] = range(first, first + len(several))
        return schema

    def alternative(self, number: int) -> Alternative:
        """Return what a number stands for; they begin at 1."""
        return self.numbered[number - 1]

    def text(self, tree: ast.Module) -> str:
        """Return a file's source with all alternatives in it."""
        return "\n".join(self._block(tree, "body", tree.body, ""))

    def _block(self, parent: ast.AST, name: str, body: list[ast.stmt], indent: str) -> list[str]:
        """Return the lines of a list of statements."""
        own = [line for each in body for line in self._chosen(each, indent)]
        numbers = self._slots.get((id(parent), name))
        if numbers is None:
            return own
        inner = [line for each in body for line in self._chosen(each, f"{indent} ")]
        return self._choice(numbers, inner, indent)

    def _chosen(self, statement: ast.stmt, indent: str) -> list[str]:
        numbers = self._slots.get((id(statement), ""))
        if numbers is None:
            return self._statement(statement, indent)
        return self._choice(numbers, self._statement(statement, f"{indent} "), indent)

    def _choice(self, numbers: range, own: list[str], indent: str) -> list[str]:
        head = f"{indent}if {_within(numbers)}:"
        return [head, *self._some_of(numbers, f"{indent} "), f"{indent}else:", *own]

    def _some_of(self, numbers: range, indent: str) -> list[str]:
        if len(numbers) == 1:
            new = self.alternative(numbers[0]).new
            assert not isinstance(new, ast.expr)
            lines = [line for each in new for line in self._as_it_stands(each, indent)]
            return lines or [f"{indent}pass"]
        half = len(numbers) // 2
        return [
            f"{indent}if {NUMBER} < {numbers[half]}:",
            *self._some_of(numbers[:half], f"{indent} "),
            f"{indent}else:",
            *self._some_of(numbers[half:], f"{indent} "),
        ]

    def _as_it_stands(self, node: ast.stmt, indent: str) -> list[str]:
        """Return the lines of a statement without alternatives, each statement written once."""
        found = self._lines.get((id(node), indent))
        if found is None:
            plain = Schema(_texts=self._texts)
            found = self._lines[id(node), indent] = plain._statement(node, indent)
        return found

    def _statement(self, node: ast.stmt, indent: str) -> list[str]:
        """Return a statement's lines; what is seldom met is left to `ast.unparse`."""
        inner = f"{indent} "
        if isinstance(node, ast.Assign):
            targets = "".join(f"{self._expression(each)} = " for each in node.targets)
            return [f"{indent}{targets}{self._expression(node.value)}"]
        if isinstance(node, ast.AugAssign):
            sign = f"{OPERATORS[type(node.op)]}="
            target = self._expression(node.target)
            return [f"{indent}{target} {sign} {self._expression(node.value)}"]
        if isinstance(node, ast.Return):
            value = f" {self._expression(node.value)}" if node.value is not None else ""
            return [f"{indent}return{value}"]
        if isinstance(node, ast.Expr):
            return [f"{indent}{self._expression(node.value)}"]
        if isinstance(node, ast.Pass | ast.Break | ast.Continue):
            return [f"{indent}{type(node).__name__.lower()}"]
        if isinstance(node, ast.For):
            head = f"{indent}for {self._expression(node.target)} in {self._expression(node.iter)}:"
        elif isinstance(node, ast.While | ast.If):
            word = "while" if isinstance(node, ast.While) else "if"
            head = f"{indent}{word} {self._expression(node.test)}:"
        elif isinstance(node, ast.FunctionDef) and not node.decorator_list:
            head = f"{indent}def {node.name}({ast.unparse(node.args)}):"
            return [head, *self._block(node, "body", node.body, inner)]
        elif isinstance(node, ast.ClassDef) and not node.decorator_list:
            bases = [*map(ast.unparse, node.bases), *map(ast.unparse, node.keywords)]
            head = f"{indent}class {node.name}({', '.join(bases)}):"
            return [head, *self._block(node, "body", node.body, inner)]
        else:
            text = ast.unparse(ast.fix_missing_locations(self._copied(node)))
            return [f"{indent}{line}" for line in text.split("\n")]
        turn = [f"{inner}{TURN}()"] if isinstance(node, ast.While) else []
        lines = [head, *turn, *self._block(node, "body", node.body, inner)]
        if node.orelse:
            lines += [f"{indent}else:", *self._block(node, "orelse", node.orelse, inner)]
        return lines

    def _expression(self, node: ast.expr) -> str:
        """Return an expression's text, in brackets where it has parts."""
        numbers = self._slots.get((id(node), ""))
        if numbers is None:
            return self._plain(node)
        return f"({self._one_of(numbers)} if {_within(numbers)} else {self._plain(node)})"

    def _one_of(self, numbers: range) -> str:
        if len(numbers) == 1:
            new = self.alternative(numbers[0]).new
            assert isinstance(new, ast.expr)
            return _text(new, self._texts)
        half = len(numbers) // 2
        first, second = self._one_of(numbers[:half]), self._one_of(numbers[half:])
        return f"({first} if {NUMBER} < {numbers[half]} else {second})"

    def _plain(self, node: ast.expr) -> str:
        text = text_of(node, self._expression)
        return text or f"({ast.unparse(ast.fix_missing_locations(self._copied(node)))})"

    def _copied(self, node: Any) -> Any:
        """Return a tree in which the expressions with alternatives are texts with all of them."""
        if isinstance(node, list):
            return [self._copied(each) for each in node]
        if not isinstance(node, ast.AST):
            return node
        copy = _shallow(node)
        for name, value in ast.iter_fields(node):
            inner = self._copied(value)
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                inner = ast.parse("\n".join(self._block(node, name, value, ""))).body
            elif isinstance(value, ast.expr) and (id(value), "") in self._slots:
                inner = ast.parse(self._expression(value), mode="eval").body
            elif isinstance(value, list):
                inner = [
                    ast.parse(self._expression(each), mode="eval").body
                    if isinstance(each, ast.expr) and (id(each), "") in self._slots
                    else made
                    for each, made in zip(value, inner, strict=True)
                ]
            setattr(copy, name, inner)
        return copy


def _within(numbers: range) -> str:
    if len(numbers) == 1:
        return f"{NUMBER} == {numbers[0]}"
    return f"{numbers[0]} <= {NUMBER} <= {numbers[-1]}"


def _text(node: ast.expr, known: dict[int, str]) -> str:
    """Return an expression's text as it stands, each part written once."""
    found = known.get(id(node))
    if found is None:
        found = text_of(node, lambda inner: _text(inner, known)) or f"({ast.unparse(node)})"
        known[id(node)] = found
    return found


def _shallow(node: ast.AST) -> ast.AST:
    """Return a node of the same kind and place, with the same nodes below it."""
    copy = type(node)(**dict(ast.iter_fields(node)))
    for name in _POSITION:
        if hasattr(node, name):
            setattr(copy, name, getattr(node, name))
    return copy


def edited(tree: ast.Module, alternative: Alternative) -> ast.Module:
    """Return a file's tree with one alternative made; what is new stands where the old stood."""
    key = alternative.key

    def copied(node: Any, at: ast.AST | None) -> Any:
        if isinstance(node, list):
            return [copied(each, at) for each in node]
        if not isinstance(node, ast.AST):
            return node
        if at is None and (id(node), "") == key and isinstance(node, ast.expr):
            return copied(alternative.new, alternative.marked)
        copy = _shallow(node)
        if at is not None and isinstance(copy, ast.expr | ast.stmt) and not hasattr(copy, "lineno"):
            ast.copy_location(copy, at)
        for name, value in ast.iter_fields(node):
            if at is None and (id(node), name) == key:
                inner = copied(list(alternative.new) or [ast.Pass()], alternative.marked)  # type: ignore[arg-type]
            elif isinstance(value, list) and at is None:
                inner = []
                for each in value:
                    if (id(each), "") == key and isinstance(each, ast.stmt):
                        new = list(alternative.new) or [ast.Pass()]  # type: ignore[arg-type]
                        inner += copied(new, alternative.marked)
                    else:
                        inner.append(copied(each, at))
            else:
                inner = copied(value, at)
            setattr(copy, name, inner)
        return copy

    made: ast.Module = copied(tree, None)
    return made


def with_notes(
    tree: Any, places: Mapping[int, str], turns: Mapping[int, LoopNotes] = MappingProxyType({})
) -> Any:
    """Return a tree in which the expressions at some places tell what they are worth.

    A `return` at one of the places, or the end of a function, tells what all variables are worth;
    a loop in `turns` tells in each turn what some variables are worth at first, and others at last.
    """
    if isinstance(tree, list):
        return [with_notes(each, places, turns) for each in tree]
    if not isinstance(tree, ast.AST):
        return tree
    copy: Any = _shallow(tree)
    for name, value in ast.iter_fields(tree):
        setattr(copy, name, with_notes(value, places, turns))
    if id(tree) in turns:
        at = turns[id(tree)]
        worth = ast.Dict(
            [ast.Constant(each) for each in at.first],
            [ast.Name(each, ast.Load()) for each in at.first],
        )
        if isinstance(copy, ast.For):
            note = ast.Call(_kept, [ast.Constant(at.place), ast.Constant(None), worth], [])
            copy.body = [ast.Expr(note), *copy.body, *_last_notes(at)]
        else:
            copy.elt = ast.Call(_kept, [ast.Constant(at.place), copy.elt, worth], [])
    if id(tree) not in places:
        return copy
    place = ast.Constant(places[id(tree)])
    if isinstance(copy, ast.Return):
        copy.value = _keeping(place, copy.value or ast.Constant(None))
        return copy
    if isinstance(copy, ast.FunctionDef):
        copy.body.append(ast.Expr(_keeping(place, ast.Constant(None))))
        return copy
    return ast.Call(ast.Name(NOTE, ast.Load()), [place, copy], [])


def _last_notes(at: LoopNotes) -> list[ast.stmt]:
    """Return what notes the variables that a loop's body sets, where it comes to its end."""
    if not at.last:
        return []
    place, names = f"{at.place} end", tuple(at.last)
    made = f"{KEEP}({place!r}, None, {{k: v for k, v in locals().items() if k in {names!r}}})"
    return ast.parse(made).body


def _keeping(place: ast.expr, value: ast.expr) -> ast.expr:
    names = ast.Call(ast.Name("locals", ast.Load()), [], [])
    return ast.Call(_kept, [place, value, names], [])
