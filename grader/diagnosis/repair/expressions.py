"""Edits of expressions: what repairs small slips."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations, product
from typing import Final

from grader.diagnosis.repair.alternatives import Admits, Alternative, everywhere
from grader.diagnosis.repair.scope import Scope, Spot, chain

_OTHER_OPERATORS: Final[dict[type[ast.operator], tuple[type[ast.operator], ...]]] = {
    ast.Mult: (ast.Add, ast.Sub, ast.Div, ast.MatMult, ast.Pow),
    ast.Div: (ast.Mult, ast.Sub, ast.Add),
    ast.Add: (ast.Sub, ast.Mult, ast.Div, ast.MatMult),
    ast.Sub: (ast.Add, ast.Mult, ast.Div, ast.MatMult),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult, ast.Add, ast.Sub),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.Div, ast.Mult),
}
_OTHER_COMPARISONS: Final[dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]]] = {
    ast.Lt: (ast.LtE, ast.Gt, ast.GtE),
    ast.LtE: (ast.Lt, ast.GtE, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt, ast.LtE),
    ast.GtE: (ast.Gt, ast.LtE, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
}
_OTHER_FUNCTIONS: Final = {
    "sum": ("mean",),
    "mean": ("sum",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "ones": ("zeros",),
    "zeros": ("ones",),
    "outer": ("multiply", "dot"),
    "multiply": ("outer", "dot"),
    "dot": ("outer", "multiply"),
    "vstack": ("hstack",),
    "hstack": ("vstack",),
    "exp": ("log",),
    "log": ("exp",),
    "any": ("all",),
    "all": ("any",),
    "min": ("max",),
    "max": ("min",),
    "argmin": ("argmax",),
    "argmax": ("argmin",),
    "std": ("var",),
    "var": ("std",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "sin": ("cos",),
    "cos": ("sin",),
    "append": ("extend",),
    "extend": ("append",),
}
_OTHER_BUILT_IN: Final = ("any", "all", "min", "max")
_MAX_INDEX: Final = 3


def slips(scope: Scope, admits: Admits = everywhere) -> Iterator[Alternative]:
    """Yield the edits of one expression that need nothing but what stands there."""
    for spot in scope.spots:
        node = spot.node
        if not admits(node):
            continue
        if isinstance(node, ast.Constant):
            yield from _constants(spot, node)
        elif isinstance(node, ast.Name | ast.Attribute):
            yield from _names(spot, node, scope)
        elif isinstance(node, ast.Subscript):
            yield from _indices(spot, node)
        elif isinstance(node, ast.BinOp):
            yield from _operations(node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            yield Alternative("sign", 1, node, node.operand, node)
        elif isinstance(node, ast.Call):
            yield from _calls(node, scope)
        elif isinstance(node, ast.Tuple | ast.List):
            yield from _items(spot, node)
        elif isinstance(node, ast.Compare):
            yield from _comparisons(node)
        elif isinstance(node, ast.GeneratorExp | ast.ListComp):
            yield from _comprehensions(node)
        elif isinstance(node, ast.IfExp):
            turned = ast.IfExp(node.test, node.orelse, node.body)
            yield Alternative("condition", 2, node, turned, node)
        yield from _anything(spot, node)


def _constants(spot: Spot, node: ast.Constant) -> Iterator[Alternative]:
    value = node.value
    if isinstance(value, str):
        yield from _einsum(spot, node, value)
        return
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    others: dict[float, None] = {}
    if spot.is_index:
        others = dict.fromkeys(each for each in (0, 1, value - 1, value + 1, -1) if each >= -1)
        if value >= 0 and not isinstance(spot.parent, ast.Subscript | ast.Tuple):
            others = {}
    else:
        others = dict.fromkeys((value + 1, value - 1, 2 * value, value / 2, -value, 1, 2, 0.5))
    kind = "index" if spot.is_index else "constant"
    for other in others:
        if other != value:
            whole = isinstance(value, int) and other == int(other)
            new = ast.Constant(int(other) if whole else other)
            yield Alternative(kind, 1, node, new, node)


def _einsum(spot: Spot, node: ast.Constant, text: str) -> Iterator[Alternative]:
    if not isinstance(spot.parent, ast.Call) or "einsum" not in ast.unparse(spot.parent.func):
        return
    left, arrow, right = text.replace(" ", "").partition("->")
    groups = [*left.split(","), *([right] if arrow else [])]
    letters = sorted({letter for group in groups for letter in group if letter.isalpha()})
    found: dict[str, int] = {}
    for number, group in enumerate(groups):
        changed = [group[::-1]] if len(group) > 1 else []
        changed += [
            group[:at] + letter + group[at + 1 :]
            for at in range(len(group))
            for letter in letters
            if letter != group[at]
        ]
        if number == len(groups) - 1 and arrow:
            changed += [group + letter for letter in letters if letter not in group]
            changed += [group[:at] + group[at + 1 :] for at in range(len(group))]
        for other in changed:
            own = [*groups[:number], other, *groups[number + 1 :]]
            inputs = own[:-1] if arrow else own
            made = ",".join(inputs) + (f"->{own[-1]}" if arrow else "")
            found.setdefault(made, 1 if other == group[::-1] else 2)
    for made, cost in found.items():
        yield Alternative("index", cost, node, ast.Constant(made), node)


def _names(spot: Spot, node: ast.Name | ast.Attribute, scope: Scope) -> Iterator[Alternative]:
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield Alternative("transpose", 1, node, node.value, node)
        return
    if not chain(node) or scope.is_module(node):
        return
    shown = ".".join(chain(node))
    if shown in ("self", "True", "False", "None"):
        return
    kinds = (True,) if spot.is_index else (False, shown in scope.counters)
    for other, new in scope.names.items():
        if other != shown and (other in scope.counters) in kinds:
            yield Alternative("index" if spot.is_index else "variable", 1, node, new, node)
    if spot.is_index and isinstance(spot.parent, ast.Subscript):
        for operator in (ast.Sub(), ast.Add()):
            moved = ast.BinOp(node, operator, ast.Constant(1))
            yield Alternative("index", 2, node, moved, node)
    if spot.is_index:
        return
    yield Alternative("transpose", 2, node, ast.Attribute(node, "T", ast.Load()), node)
    if isinstance(spot.parent, ast.Assign) and spot.parent.value is node:
        copy = ast.Call(ast.Attribute(node, "copy", ast.Load()), [], [])
        yield Alternative("in_place", 2, node, copy, node)


def _indices(spot: Spot, node: ast.Subscript) -> Iterator[Alternative]:
    if isinstance(spot.parent, ast.Subscript) and spot.parent.value is node:
        return
    yield Alternative("index", 2, node, node.value, node)
    for new, cost in other_entries(node):
        yield Alternative("index", cost, node, new, node)


def other_entries(node: ast.Subscript) -> Iterator[tuple[ast.Subscript, int]]:
    """Yield an entry with its indices swapped, or with other numbers, and how far that is."""
    base, indices, chained = _taken_apart(node)
    if len(indices) < 2 or any(isinstance(each, ast.Starred) for each in indices):
        return
    swapped = indices[::-1]
    if ast.dump(swapped[0]) != ast.dump(indices[0]):
        yield _entry(base, swapped, chained, node.ctx), 1
    numbers = [index.value for index in indices if isinstance(index, ast.Constant)]
    if len(numbers) == len(indices) == 2 and all(type(each) is int for each in numbers):
        for other in product(range(2), repeat=2):
            if all(one != two for one, two in zip(other, numbers, strict=True)):
                own: list[ast.expr] = [ast.Constant(value) for value in other]
                yield _entry(base, own, chained, node.ctx), 2


def _taken_apart(node: ast.Subscript) -> tuple[ast.expr, list[ast.expr], bool]:
    """Return an entry's array, its indices, and whether these are chained: `a[i][j]`."""
    indices: list[ast.expr] = []
    inner: ast.expr = node
    depth = 0
    while isinstance(inner, ast.Subscript):
        own = inner.slice.elts if isinstance(inner.slice, ast.Tuple) else [inner.slice]
        indices = [*own, *indices]
        inner = inner.value
        depth += 1
    return inner, indices, depth > 1


def _entry(
    base: ast.expr, indices: list[ast.expr], chained: bool, context: ast.expr_context
) -> ast.Subscript:
    if not chained:
        return ast.Subscript(base, ast.Tuple(indices, ast.Load()), context)
    inner = base
    for index in indices[:-1]:
        inner = ast.Subscript(inner, index, ast.Load())
    return ast.Subscript(inner, indices[-1], context)


def _operations(node: ast.BinOp) -> Iterator[Alternative]:
    left, operator, right = node.left, node.op, node.right
    kind = "sign" if isinstance(operator, ast.Add | ast.Sub) else "operator"
    others = _OTHER_OPERATORS.get(type(operator), ())
    if isinstance(right, ast.Constant) and isinstance(operator, ast.Add | ast.Sub):
        others = (*others, ast.Pow)
    for other in others:
        sign = kind == "sign" and other in (ast.Add, ast.Sub)
        new = ast.BinOp(left, other(), right)
        yield Alternative("sign" if sign else "operator", 1, node, new, node)
    if not isinstance(operator, ast.Mult | ast.Add) or _is_opposite(left, right):
        turned = ast.BinOp(right, operator, left)
        kind = "sign" if isinstance(operator, ast.Sub) else "operator"
        kind = "transpose" if isinstance(operator, ast.MatMult) else kind
        yield Alternative(kind, 1, node, turned, node)
    extra = "extra_term" if isinstance(operator, ast.Add | ast.Sub) else "repeated"
    yield Alternative(extra, 2, node, left, node)
    yield Alternative(extra, 2, node, right, node)
    if isinstance(operator, ast.Mult | ast.Div | ast.Pow):
        for own in (left, right):
            if isinstance(own, ast.BinOp) and isinstance(own.op, ast.Add | ast.Sub):
                yield from _regrouped(node, own)
    if isinstance(operator, ast.Add | ast.Sub):
        for own in (left, right):
            if isinstance(own, ast.BinOp) and isinstance(own.op, ast.Mult | ast.Div):
                yield from _regrouped(node, own)


def _is_opposite(left: ast.expr, right: ast.expr) -> bool:
    return isinstance(left, ast.List | ast.Tuple) or isinstance(right, ast.List | ast.Tuple)


def _regrouped(node: ast.BinOp, inner: ast.BinOp) -> Iterator[Alternative]:
    """Put brackets elsewhere: `(a - b) * c` for `a - b * c`, and the other way round."""
    if inner is node.left:
        outer = ast.BinOp(inner.left, inner.op, ast.BinOp(inner.right, node.op, node.right))
    else:
        outer = ast.BinOp(ast.BinOp(node.left, node.op, inner.left), inner.op, inner.right)
    yield Alternative("brackets", 1, node, outer, node)


def _calls(node: ast.Call, scope: Scope) -> Iterator[Alternative]:
    arguments = node.args
    for first, second in combinations(range(len(arguments)), 2):
        own = list(arguments)
        own[first], own[second] = own[second], own[first]
        new = ast.Call(node.func, own, node.keywords)
        yield Alternative("arguments", 1, node, new, node)
    if len(arguments) > 2:
        new = ast.Call(node.func, arguments[::-1], node.keywords)
        yield Alternative("arguments", 2, node, new, node)
    if any(isinstance(each, ast.Starred) for each in arguments):
        return
    if len(arguments) == 1:
        yield Alternative("call", 2, node, arguments[0], node)
    for other in _other_functions(node.func):
        yield Alternative("call", 1, node, ast.Call(other, arguments, node.keywords), node)
    if isinstance(node.func, ast.Attribute):
        if not scope.is_module(node.func):
            yield Alternative("call", 2, node, node.func.value, node)
        if node.func.attr == "outer" and len(arguments) == 2:
            product_ = ast.BinOp(arguments[0], ast.Mult(), arguments[1])
            yield Alternative("call", 2, node, product_, node)
        yield from _other_ends(node, node.func)
    if len(arguments) == 1 and ast.unparse(node.func) in scope.calls:
        for name, function in scope.calls.items():
            if name != ast.unparse(node.func):
                yield Alternative("call", 1, node, ast.Call(function, arguments, []), node)
    if isinstance(node.func, ast.Name) and node.func.id == "range":
        yield from _ranges(node)
    if node.keywords:
        for number in range(len(node.keywords)):
            rest = node.keywords[:number] + node.keywords[number + 1 :]
            yield Alternative("call", 2, node, ast.Call(node.func, arguments, rest), node)


def _other_functions(called: ast.expr) -> Iterator[ast.expr]:
    """Yield the functions that are taken for this one, or this one for them."""
    if isinstance(called, ast.Attribute):
        for name in _OTHER_FUNCTIONS.get(called.attr, ()):
            yield ast.Attribute(called.value, name, ast.Load())
    elif isinstance(called, ast.Name) and called.id in _OTHER_BUILT_IN:
        for name in _OTHER_FUNCTIONS[called.id]:
            yield ast.Name(name, ast.Load())


def _other_ends(node: ast.Call, called: ast.Attribute) -> Iterator[Alternative]:
    """Put into a list at its other end."""
    match called.attr, node.args:
        case "append", [item]:
            name, arguments = "insert", [ast.Constant(0), item]
        case "insert", [ast.Constant(value=0), item]:
            name, arguments = "append", [item]
        case _:
            return
    other = ast.Attribute(called.value, name, ast.Load())
    yield Alternative("call", 1, node, ast.Call(other, arguments, []), node)


def _ranges(node: ast.Call) -> Iterator[Alternative]:
    for number, argument in enumerate(node.args[:2]):
        for operator in (ast.Add(), ast.Sub()):
            other = ast.BinOp(argument, operator, ast.Constant(1))
            own = [*node.args[:number], other, *node.args[number + 1 :]]
            yield Alternative("range", 1, node, ast.Call(node.func, own, []), node)
    if len(node.args) == 2:
        yield Alternative("range", 1, node, ast.Call(node.func, node.args[1:], []), node)


def _items(spot: Spot, node: ast.Tuple | ast.List) -> Iterator[Alternative]:
    items = node.elts
    sliced = any(isinstance(each, ast.Slice | ast.Starred) for each in items)
    if len(items) < 2 or (spot.is_index and not sliced):
        return  # the subscript's own edits swap it
    if sliced:
        if isinstance(spot.parent, ast.Subscript) and isinstance(spot.parent.ctx, ast.Load):
            turned = ast.Tuple(items[::-1], ast.Load())
            new: ast.expr = ast.Subscript(spot.parent.value, turned, ast.Load())
            yield Alternative("index", 1, spot.parent, new, spot.parent)
        return
    kind = "returned" if isinstance(spot.parent, ast.Return) else "items"
    for first, second in combinations(range(len(items)), 2):
        own = list(items)
        own[first], own[second] = own[second], own[first]
        yield Alternative(kind, 1, node, type(node)(own, ast.Load()), node)
    rows = [each.elts for each in items if isinstance(each, ast.Tuple | ast.List)]
    if len(rows) == len(items) and len({len(row) for row in rows}) == 1:
        turned_rows: list[ast.expr] = [
            ast.List(list(column), ast.Load()) for column in zip(*rows, strict=True)
        ]
        yield Alternative("transpose", 1, node, type(node)(turned_rows, ast.Load()), node)


def _comprehensions(node: ast.GeneratorExp | ast.ListComp) -> Iterator[Alternative]:
    for place, each in enumerate(node.generators):
        for target in turned_targets(each.target):
            turned = ast.comprehension(target, each.iter, each.ifs, each.is_async)
            own = [*node.generators[:place], turned, *node.generators[place + 1 :]]
            yield Alternative("unpacked", 1, node, type(node)(node.elt, own), each.target)


def turned_targets(target: ast.expr) -> Iterator[ast.Tuple]:
    """Yield the names that a value is taken apart into, two of them exchanged."""
    if not isinstance(target, ast.Tuple):
        return
    items = target.elts
    for first, second in combinations(range(len(items)), 2):
        own = list(items)
        own[first], own[second] = own[second], own[first]
        yield ast.Tuple(own, ast.Store())
    for place, each in enumerate(items):
        for inner in turned_targets(each):
            yield ast.Tuple([*items[:place], inner, *items[place + 1 :]], ast.Store())


def _comparisons(node: ast.Compare) -> Iterator[Alternative]:
    if len(node.ops) != 1:
        return
    for other in _OTHER_COMPARISONS.get(type(node.ops[0]), ()):
        yield Alternative(
            "condition", 1, node, ast.Compare(node.left, [other()], node.comparators), node
        )


def _anything(spot: Spot, node: ast.expr) -> Iterator[Alternative]:
    """Turn the sign of a whole expression round, or transpose it."""
    whole = isinstance(spot.parent, ast.Assign | ast.Return | ast.AugAssign | ast.Call | ast.Tuple)
    term = isinstance(spot.parent, ast.BinOp) and not (
        isinstance(spot.parent.op, ast.Mult | ast.MatMult) and spot.parent.left is not node
    )
    if not isinstance(node, ast.BinOp | ast.Call | ast.Name | ast.Subscript | ast.Attribute):
        return
    if (
        spot.is_index
        or isinstance(spot.parent, ast.Attribute)
        or not (whole or term or isinstance(spot.parent, ast.keyword | ast.List))
    ):
        return
    yield Alternative("sign", 2, node, ast.UnaryOp(ast.USub(), node), node)
    if isinstance(node, ast.BinOp | ast.Call):
        yield Alternative("transpose", 3, node, ast.Attribute(node, "T", ast.Load()), node)
