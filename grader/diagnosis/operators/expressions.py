"""Operators on arithmetic: factors, terms, signs, constants, calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from grader.diagnosis.operators.edits import Edit, Site, text

_OTHER_OPERATORS: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Mult: (ast.Add, ast.Sub, ast.Div),
    ast.Div: (ast.Mult, ast.Add, ast.Sub),
    ast.Add: (ast.Mult,),
    ast.Sub: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Pow: (ast.Mult,),
}
_THE_SAME_TWICE: Final = frozenset(
    (
        *("Path", "abs", "bool", "complex", "dict", "float", "int", "iter", "list", "set"),
        *("sorted", "str", "tuple"),
    )
) | {"''.join"}
_OTHER_FUNCTIONS = {
    "sum": ("mean",),
    "mean": ("sum",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "zeros": ("ones",),
}

_MAX_FACTORS: Final = 5


def expression_edits(places: Sequence[Site]) -> Iterator[Edit]:
    """Yield what wrong arithmetic makes of a function."""
    for site in places:
        node = site.node
        if isinstance(node, ast.BinOp):
            yield from _operators(site, node)
            if isinstance(node.op, ast.Mult) and not _is_factor(site):
                yield from _factors(site, node)
            if isinstance(node.op, ast.Add | ast.Sub):
                yield from _terms(site, node)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            words = {"target": site.target, "part": text(node.operand)}
            yield Edit("sign", "sign", words, "", ((site.place, node.operand),), cost=2)
        elif isinstance(node, ast.Constant) and not _is_index(site):
            yield from _constants(site, node)
        elif isinstance(node, ast.Call):
            yield from _calls(site, node)


def _is_factor(site: Site) -> bool:
    return isinstance(site.parent, ast.BinOp) and isinstance(site.parent.op, ast.Mult)


def _is_term(site: Site) -> bool:
    parent = site.parent
    return isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Add | ast.Sub)


def _is_index(site: Site) -> bool:
    return any(isinstance(parent, ast.Subscript) for parent in site.parents)


def _factor_list(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factor_list(node.left), *_factor_list(node.right)]
    return [node]


def _product(factors: Sequence[ast.expr]) -> ast.expr:
    result = factors[0]
    for factor in factors[1:]:
        result = ast.BinOp(result, ast.Mult(), factor)
    return result


def _factors(site: Site, node: ast.BinOp) -> Iterator[Edit]:
    """Leave out one factor or two neighbours, or take one twice."""
    factors = _factor_list(node)
    for width in (1, 2):
        for first in range(len(factors) - width + 1):
            rest = factors[:first] + factors[first + width :]
            if rest:
                left_out = text(_product(factors[first : first + width]))
                words = {"target": site.target, "part": left_out}
                new = _product(rest)
                yield Edit("factor", "factor", words, "", ((site.place, new),), cost=width)
    for factor in factors:
        new = _product([*factors, factor])
        words = {"target": site.target, "part": text(factor)}
        yield Edit("repeated", "repeated", words, "", ((site.place, new),), cost=3)
    if len(factors) > 2:
        yield from _split_products(site, factors)
    yield _negative(site, node)


def _split_products(site: Site, factors: list[ast.expr]) -> Iterator[Edit]:
    """Put a wrong operator between one factor and some of the others, whatever their order."""
    numbers = range(len(factors))
    for width in range(1, min(len(factors), _MAX_FACTORS)):
        for chosen in combinations(numbers, width):
            for other in set(numbers).difference(chosen):
                rest = [factors[number] for number in numbers if number not in (*chosen, other)]
                left = _product([factors[number] for number in chosen])
                for operator in (ast.Add(), ast.Sub()):
                    joined = ast.BinOp(left, operator, factors[other])
                    words = {"target": site.target, "wrong": text(joined)}
                    new = _product([joined, *rest])
                    yield Edit("operator", "operator", words, "", ((site.place, new),), cost=6)


def _negative(site: Site, node: ast.expr) -> Edit:
    negative = ast.UnaryOp(ast.USub(), node)
    words = {"target": site.target}
    return Edit("sign", "negative", words, "", ((site.place, negative),), cost=3)


def _terms(site: Site, node: ast.BinOp) -> Iterator[Edit]:
    """Leave out a term, or turn its sign round."""
    minus = isinstance(node.op, ast.Sub)
    words = {"target": site.target, "part": text(node.right)}
    yield Edit("term", "term", words, "", ((site.place, node.left),), cost=2)
    first = {"target": site.target, "part": text(node.left)}
    left_out: ast.expr = ast.UnaryOp(ast.USub(), node.right) if minus else node.right
    yield Edit("term", "term", first, "", ((site.place, left_out),), cost=2)
    turned = ast.BinOp(node.left, ast.Add() if minus else ast.Sub(), node.right)
    yield Edit("sign", "sign", words, text(turned), ((site.place, turned),), cost=2)
    if not _is_term(site):
        yield _negative(site, node)
    if not minus:
        other = ast.BinOp(ast.UnaryOp(ast.USub(), node.left), ast.Add(), node.right)
        yield Edit("sign", "sign", first, "", ((site.place, other),), cost=2)
    else:
        alone = {"target": site.target, "wrong": text(node.right), "right": text(node)}
        yield Edit("term", "variable", alone, "", ((site.place, node.right),), cost=2)
        swapped = ast.BinOp(node.right, ast.Sub(), node.left)
        words = {"target": site.target, "wrong": text(swapped)}
        yield Edit("sign", "swapped", words, text(swapped), ((site.place, swapped),), cost=1)


def _operators(site: Site, node: ast.BinOp) -> Iterator[Edit]:
    for other in _OTHER_OPERATORS.get(type(node.op), ()):
        new = ast.BinOp(node.left, other(), node.right)
        words = {"target": site.target, "wrong": text(new)}
        yield Edit("operator", "operator", words, text(new), ((site.place, new),), cost=4)
    if isinstance(node.op, ast.MatMult):
        new = ast.BinOp(node.right, ast.MatMult(), node.left)
        words = {"target": site.target, "left": text(node.left), "right": text(node.right)}
        yield Edit("transpose", "matmul", words, text(new), ((site.place, new),), cost=3)
    if isinstance(node.op, ast.Div | ast.Pow):
        turned = ast.BinOp(node.right, node.op, node.left)
        words = {"target": site.target, "wrong": text(turned), "right": text(node)}
        yield Edit("operator", "turned", words, text(turned), ((site.place, turned),), cost=4)
        words = {"target": site.target, "wrong": text(node.right), "right": text(node)}
        yield Edit("factor", "variable", words, "", ((site.place, node.right),), cost=3)
        words = {"target": site.target, "part": text(node.right)}
        template = "divisor" if isinstance(node.op, ast.Div) else "power"
        yield Edit("factor", template, words, "", ((site.place, node.left),), cost=1)


def _constants(site: Site, node: ast.Constant) -> Iterator[Edit]:
    value = node.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return
    others = {2 * value, value / 2, value + 1, value - 1} - {value}
    for other in sorted(others):
        wrong = str(int(other) if other == int(other) else other)
        words = {"target": site.target, "wrong": wrong, "right": str(value)}
        kept = int(other) if isinstance(value, int) and other == int(other) else other
        new = ast.Constant(kept)
        yield Edit("constant", "constant", words, "", ((site.place, new),), cost=4)


def _calls(site: Site, node: ast.Call) -> Iterator[Edit]:
    name = text(node.func)
    if len(node.args) == 1 and not node.keywords and name != "range":
        words = {"target": site.target, "name": name}
        argument = node.args[0]
        template = "copy" if name.endswith(("array", "copy")) else "call"
        yield Edit("call", template, words, "", ((site.place, argument),), cost=1)
        if name not in _THE_SAME_TWICE and not isinstance(site.parent, ast.Raise):
            twice = ast.Call(node.func, [node], [])
            yield Edit("call", "call_twice", words, "", ((site.place, twice),), cost=3)
    elif not node.args and isinstance(node.func, ast.Attribute) and node.func.attr == "copy":
        words = {"target": site.target, "name": name}
        yield Edit("call", "copy", words, "", ((site.place, node.func.value),), cost=1)
    if isinstance(node.func, ast.Attribute):
        for other in _OTHER_FUNCTIONS.get(node.func.attr, ()):
            words = {"target": site.target, "wrong": other, "right": node.func.attr}
            new = ast.Call(ast.Attribute(node.func.value, other, ast.Load()), node.args, [])
            yield Edit("call", "function", words, "", ((site.place, new),), cost=1)
    for first in range(len(node.args)):
        for second in range(first + 1, len(node.args)):
            arguments = list(node.args)
            arguments[first], arguments[second] = arguments[second], arguments[first]
            new = ast.Call(node.func, arguments, node.keywords)
            words = {
                "target": site.target,
                "name": name,
                "first": text(node.args[first]),
                "second": text(node.args[second]),
            }
            yield Edit("arguments", "arguments", words, text(new), ((site.place, new),), cost=3)
