"""The expressions of a student's function that may be edited, and the names that it has."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Final

from grader.diagnosis.operators.edits import subscript, text
from grader.diagnosis.repair.alternatives import Block
from grader.diagnosis.repair.objects import Method, methods_at_hand
from grader.diagnosis.repair.student_code import StudentCode, Unit
from grader.quick_dataclass import dataclass

_SELF: Final = frozenset({"self", "cls"})
_FUNCTIONS_OF: Final = {
    True: ("exp", "tanh", "sqrt", "abs", "sum", "mean"),  # NumPy
    False: ("exp", "tanh", "sqrt", "log"),  # the standard library's math
}
_BUILT_IN: Final = frozenset(dir(builtins))
_OPAQUE: Final = (ast.JoinedStr, ast.Slice, ast.Starred, ast.FormattedValue)


@dataclass(frozen=True, slots=True)
class Spot:
    """An expression that is read, and the nodes above it in its function, nearest last."""

    node: ast.expr
    above: tuple[ast.AST, ...]

    @property
    def parent(self) -> ast.AST:
        """The node above."""
        return self.above[-1]

    @property
    def is_index(self) -> bool:
        """Whether it stands between the brackets of a subscript."""
        inner: ast.AST = self.node
        for node in reversed(self.above):
            if isinstance(node, ast.Subscript):
                return node.slice is inner
            if not isinstance(node, ast.Tuple):
                return False
            inner = node
        return False


class Scope:
    """One function of the student's."""

    def __init__(self, unit: Unit, code: StudentCode) -> None:
        self.unit: Final = unit
        self._code = code

    @cached_property
    def spots(self) -> list[Spot]:
        """The expressions that are read in it."""
        node = self.unit.node
        body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
        return [spot for each in body for spot in self._below(each, (node,))]

    def _below(self, node: ast.AST, above: tuple[ast.AST, ...]) -> Iterator[Spot]:
        opaque = isinstance(node, _OPAQUE)
        read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if isinstance(node, ast.expr) and read and not opaque:
            yield Spot(node, above)
        if isinstance(node, ast.JoinedStr):
            return
        if isinstance(node, ast.Attribute) and chain(node) and node.attr != "T":
            if isinstance(node.value, ast.Attribute):
                yield from self._below(node.value, (*above, node))
            return
        inside = (*above, node)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "decorator_list", "args") and not isinstance(
                node, ast.Call
            ):
                continue
            if isinstance(node, ast.Call) and name == "func":
                if isinstance(value, ast.Attribute) and not self.is_module(value.value):
                    yield from self._below(value.value, (*inside, value))
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(child, ast.expr_context):
                    yield from self._below(child, inside)

    @cached_property
    def ends(self) -> list[ast.Return | ast.FunctionDef]:
        """Where the function ends: where it returns, and its own end."""
        node = self.unit.node
        found: list[ast.Return | ast.FunctionDef] = [
            each for each in ast.walk(node) if isinstance(each, ast.Return)
        ]
        if isinstance(node, ast.FunctionDef) and not isinstance(node.body[-1], ast.Return):
            found.append(node)
        return found

    @cached_property
    def blocks(self) -> list[Block]:
        """The lists of statements in it."""
        found = []
        for node in ast.walk(self.unit.node):
            for name in ("body", "orelse", "finalbody"):
                value = getattr(node, name, None)
                if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                    found.append(Block(node, name))
        return found

    @cached_property
    def modules(self) -> frozenset[str]:
        """The names that the submission imports."""
        return frozenset(
            (each.asname or each.name).partition(".")[0]
            for file in self._code.files
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for each in node.names
        )

    def is_module(self, node: ast.expr) -> bool:
        """Return whether an expression is a module, or a part of one."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.modules

    @cached_property
    def undefined(self) -> frozenset[str]:
        """The names that it reads, and nothing defines."""
        everywhere = {
            node.id
            for file in self._code.files
            for node in ast.walk(file.tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        } | {
            node.name
            for file in self._code.files
            for node in ast.walk(file.tree)
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.ExceptHandler) and node.name
        }
        read = {
            node.id
            for node in ast.walk(self.unit.node)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
        given = {each.arg for each in ast.walk(self.unit.node) if isinstance(each, ast.arg)}
        return frozenset(read - given - self.names.keys() - self.modules - everywhere - _BUILT_IN)

    @cached_property
    def counters(self) -> frozenset[str]:
        """The names that count turns of loops."""
        return frozenset(
            name.id
            for node in ast.walk(self.unit.node)
            if isinstance(node, ast.For | ast.comprehension)
            and isinstance(node.iter, ast.Call)
            and isinstance(node.iter.func, ast.Name)
            and node.iter.func.id in ("range", "enumerate")
            for name in ast.walk(node.target)
            if isinstance(name, ast.Name)
        )

    def turning(self, spot: Spot) -> frozenset[str]:
        """Return the counters of the loops that an expression stands in."""
        return frozenset(
            name.id
            for node in spot.above
            for loop in [node, *getattr(node, "generators", ())]
            if isinstance(loop, ast.For | ast.comprehension)
            for name in ast.walk(loop.target)
            if isinstance(name, ast.Name) and name.id in self.counters
        )

    @cached_property
    def loops(self) -> dict[ast.AST, tuple[frozenset[str], tuple[str, ...]]]:
        """The loops, each with the counters that turn in it and the variables worth a note.

        These are the counters; in a comprehension, which leaves no variables behind, all of its
        own.
        """
        found: dict[ast.AST, tuple[frozenset[str], tuple[str, ...]]] = {}
        waiting: list[tuple[ast.AST, frozenset[str]]] = [(self.unit.node, frozenset())]
        while waiting:
            node, turning = waiting.pop()
            loops = [node] if isinstance(node, ast.For) else getattr(node, "generators", ())
            names = [
                name.id
                for loop in loops
                for name in ast.walk(loop.target)
                if isinstance(name, ast.Name)
            ]
            own = turning | (self.counters & set(names))
            if isinstance(node, ast.For):
                found[node] = own, tuple(sorted(own))
            elif isinstance(node, ast.GeneratorExp | ast.ListComp) and names:
                found[node] = own, tuple(sorted(own | set(names)))
            waiting += [(child, own) for child in ast.iter_child_nodes(node)]
        return found

    @cached_property
    def regions(self) -> dict[frozenset[str], list[Spot]]:
        """The expressions by the counters of the loops that they stand in."""
        found: dict[frozenset[str], list[Spot]] = {}
        for spot in self.spots:
            found.setdefault(self.turning(spot), []).append(spot)
        for turning, _names in self.loops.values():
            found.setdefault(turning, [])  # a loop may hold nothing yet
        return found

    @cached_property
    def names(self) -> dict[str, ast.expr]:
        """The function's variables and the attributes that it uses, by their text."""
        found: dict[str, ast.expr] = {}
        node = self.unit.node
        given = node.args
        for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs):
            if argument.arg not in _SELF:
                found[argument.arg] = ast.Name(argument.arg, ast.Load())
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and isinstance(inner.ctx, ast.Store):
                found[inner.id] = ast.Name(inner.id, ast.Load())
        attributes: list[ast.AST] = [node] if self.unit.owner is None else [node, self.unit.owner]
        for outer in attributes:
            called = {id(each.func) for each in ast.walk(outer) if isinstance(each, ast.Call)}
            for inner in ast.walk(outer):
                if (
                    isinstance(inner, ast.Attribute)
                    and id(inner) not in called
                    and chain(inner)
                    and inner.attr != "T"
                    and not self.is_module(inner)
                    and (outer is node or chain(inner)[0] in _SELF)
                ):
                    found.setdefault(".".join(chain(inner)), reading(inner))
        return found

    @cached_property
    def worked_out(self) -> frozenset[str]:
        """The variables that are worked out by statements of their own."""
        return frozenset(
            target.id
            for node in ast.walk(self.unit.node)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        )

    @cached_property
    def lists(self) -> frozenset[str]:
        """The variables that begin as an empty list."""
        return frozenset(
            target.id
            for node in ast.walk(self.unit.node)
            if isinstance(node, ast.Assign) and ast.unparse(node.value) in ("[]", "list()")
            for target in node.targets
            if isinstance(target, ast.Name)
        )

    @cached_property
    def at_hand(self) -> dict[str, ast.expr]:
        """The functions at the top level that do not lead to this one, by their names."""
        found: dict[str, ast.expr] = {}
        for file in self._code.files:
            for node in file.tree.body:
                names = [node.name] if isinstance(node, ast.FunctionDef) else []
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                    names = [each.id for each in node.targets if isinstance(each, ast.Name)]
                found |= {name: ast.Name(name, ast.Load()) for name in names}
        callers = self._code.callers(self.unit.name)
        return {name: function for name, function in found.items() if name not in callers}

    @cached_property
    def calls(self) -> dict[str, ast.expr]:
        """The functions that it may call with one argument, by their text."""
        found: dict[str, ast.expr] = {}
        for file in self._code.files:
            for node in file.tree.body:
                if isinstance(node, ast.FunctionDef) and len(node.args.args) == 1:
                    found[node.name] = ast.Name(node.name, ast.Load())
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                    target = node.targets[0]
                    if isinstance(target, ast.Name) and len(node.value.args.args) == 1:
                        found[target.id] = ast.Name(target.id, ast.Load())
        found.pop(self.unit.name, None)
        for inner in ast.walk(self.unit.node):
            if (
                isinstance(inner, ast.Call)
                and len(inner.args) == 1
                and not inner.keywords
                and (isinstance(inner.func, ast.Name) or self.is_module(inner.func))
                and ast.unparse(inner.func) not in ("range", "len", "enumerate", "zip", "print")
            ):
                found[ast.unparse(inner.func)] = inner.func
        found |= {
            ".".join(chain(each.function)): each.function
            for each in self.methods
            if len(each.takes) == 1
        }
        library = self.numpy or ("math" if "math" in self.modules else "")
        for name in _FUNCTIONS_OF[library != "math"] if library else ():
            function = ast.Attribute(ast.Name(library, ast.Load()), name, ast.Load())
            found.setdefault(f"{library}.{name}", function)
        return found

    @cached_property
    def methods(self) -> list[Method]:
        """The methods of the objects at hand."""
        return methods_at_hand(self.unit, self._code)

    @cached_property
    def numpy(self) -> str:
        """What the submission calls NumPy; nothing where it does not import it."""
        for file in self._code.files:
            for node in file.tree.body:
                for each in node.names if isinstance(node, ast.Import) else ():
                    if each.name == "numpy":
                        return each.asname or each.name
        return ""


def chain(node: ast.expr) -> tuple[str, ...]:
    """Return the names of `a.b.c`; nothing for any other expression."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ()
    return (node.id, *reversed(names))


def set_in(loop: ast.AST) -> tuple[str, ...]:
    """Return the variables that the body of a `for` sets."""
    body = loop.body if isinstance(loop, ast.For) else []
    names = {
        node.id
        for each in body
        for node in ast.walk(each)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return tuple(sorted(names))


def reading(node: ast.expr) -> ast.expr:
    """Return an expression that is assigned to as one that is read."""
    if isinstance(node, ast.Attribute):
        return ast.Attribute(node.value, node.attr, ast.Load())
    if isinstance(node, ast.Subscript):
        return ast.Subscript(node.value, node.slice, ast.Load())
    return ast.Name(node.id, ast.Load()) if isinstance(node, ast.Name) else node


def atoms(node: ast.AST) -> Counter[str]:
    """Return the names, entries and numbers in an expression, and the functions called."""
    found: Counter[str] = Counter()
    waiting = [node]
    while waiting:
        inner = waiting.pop()
        if isinstance(inner, ast.Name | ast.Constant | ast.Attribute) or _is_entry(inner):
            found[text(inner)] += 1
        else:
            waiting += ast.iter_child_nodes(inner)
    return found


def _is_entry(node: ast.AST) -> bool:
    """Return whether a node is one entry of what has a name: `a[0][i]`."""
    if not isinstance(node, ast.Subscript):
        return False
    base, indices = subscript(node)
    return base is not None and all(isinstance(each, ast.Name | ast.Constant) for each in indices)


def difference(before: Counter[str], after: Counter[str]) -> int:
    """Return how many names, entries and numbers one of two expressions has over the other."""
    more = sum(abs(count - after[each]) for each, count in before.items())
    return more + sum(count for each, count in after.items() if each not in before)
