"""Turning what tests expect (doctests, outputs, nose's assertions) into plain asserts."""

from __future__ import annotations

import ast
import doctest
from typing import Final

from grader.language import gettext_lazy as _

_TRUTHS: Final = (ast.Compare, ast.BoolOp)
_TRUE_CALLS: Final = {"isinstance", "all", "any", "callable", "hasattr", "issubclass", "bool"}

_ASSERTIONS: Final = {
    "equal": "assert {0} == {1}",
    "equals": "assert {0} == {1}",
    "not_equal": "assert {0} != {1}",
    "true": "assert {0}",
    "false": "assert not {0}",
    "is": "assert {0} is {1}",
    "is_not": "assert {0} is not {1}",
    "is_none": "assert {0} is None",
    "is_not_none": "assert {0} is not None",
    "in": "assert {0} in {1}",
    "not_in": "assert {0} not in {1}",
    "is_instance": "assert isinstance({0}, {1})",
    "not_is_instance": "assert not isinstance({0}, {1})",
    "greater": "assert {0} > {1}",
    "greater_equal": "assert {0} >= {1}",
    "less": "assert {0} < {1}",
    "less_equal": "assert {0} <= {1}",
    "almost_equal": "assert round(abs({0} - {1}), 7) == 0",
    "list_equal": "assert {0} == {1}",
    "dict_equal": "assert {0} == {1}",
    "set_equal": "assert {0} == {1}",
    "tuple_equal": "assert {0} == {1}",
}


def call_of(code: str, function: ast.FunctionDef) -> str:
    """Return code that defines a function and calls it with what its parameters name."""
    needed = function.args.args[: len(function.args.args) - len(function.args.defaults)]
    arguments = ", ".join(each.arg for each in needed)
    return f"{code.rstrip()}\n\n{function.name}({arguments})"


def ok_case(code: str) -> tuple[str, str]:
    """Return a doctest case of an OK test as plain code, and what of it needs a look.

    Raises
    ------
    ValueError
        It is no doctest.
    """
    lines = []
    problem = ""
    for example in doctest.DocTestParser().get_examples(code):
        text, why = expected(example.source.rstrip("\n"), example.want, example.exc_msg)
        lines.append(text)
        problem = problem or why
    if not lines:
        raise ValueError(_("it has no prompt"))
    return "\n".join(lines), problem


def expected(source: str, want: str, exception: str | None = None) -> tuple[str, str]:
    """Return code that asks that `source` gives the output `want`, and what needs a look."""
    want = want.rstrip("\n")
    if exception is not None:
        body = "\n".join(f"    {line}" for line in source.split("\n"))
        name, _colon, text = exception.strip().partition(":")
        match = f", match=__escape__({text.strip()!r})" if text.strip() else ""
        return f"with __raises__({name.rpartition('.')[2]!r}{match}):\n{body}", ""
    tree = ast.parse(source)
    if not want or not tree.body:
        return source, ""
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        return source, _("it prints {text}, which is not asked for", text=repr(want))
    head = [ast.unparse(node) for node in tree.body[:-1]]
    text, problem = _asked(last.value, want)
    return "\n".join([*head, text]), problem


def _asked(value: ast.expr, want: str) -> tuple[str, str]:
    printed = isinstance(value, ast.Call) and _called(value) == "print"
    if isinstance(value, ast.Call) and printed and len(value.args) == 1 and not value.keywords:
        return _line(
            ast.Call(ast.Name("str", ast.Load()), [value.args[0]], []), ast.Constant(want)
        ), ""
    if any(isinstance(each, ast.Call) and _called(each) == "print" for each in ast.walk(value)):
        return _caught(value, want), ""
    try:
        literal = ast.literal_eval(want)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return (
            _line(ast.Call(ast.Name("repr", ast.Load()), [value], []), ast.Constant(want)),
            _("it compares how a value is written, which differs between versions of packages"),
        )
    truth = isinstance(value, _TRUTHS) or _called(value) in _TRUE_CALLS
    if literal is True and truth:
        return ast.unparse(ast.Assert(value)), ""
    if literal is False and truth:
        return ast.unparse(ast.Assert(ast.UnaryOp(ast.Not(), value))), ""
    return _line(value, ast.parse(want.strip(), mode="eval").body), ""


def _caught(value: ast.expr, want: str) -> str:
    """Return code that asks what a test prints itself, and what it shows after that."""
    return (
        "with contextlib.redirect_stdout(io.StringIO()) as printed:\n"
        f"    shown = {ast.unparse(value)}\n"
        "text = printed.getvalue() + ('' if shown is None else repr(shown))\n"
        f"assert text.rstrip() == {want!r}"
    )


def _line(left: ast.expr, right: ast.expr) -> str:
    compare = ast.Compare(left, [ast.Eq()], [right])
    return ast.unparse(ast.fix_missing_locations(ast.Assert(compare)))


def _called(value: ast.expr) -> str:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id
    return ""


def assertion(node: ast.Expr) -> ast.stmt | None:
    """Return a plain assert for a call of nose's or unittest's assertions, or None."""
    call = node.value
    if not isinstance(call, ast.Call) or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    name = _called(call)
    if not name.startswith("assert_") and isinstance(call.func, ast.Attribute):
        name = call.func.attr
        if not name.startswith("assert") or ast.unparse(call.func.value) not in {
            "self", "tc", "nt", "nose.tools", "unittest.TestCase()",
        }:  # fmt: skip
            return None
    short = _snake(name).removeprefix("assert_")
    arguments = list(call.args)
    options = {word.arg: word.value for word in call.keywords}
    if short == "raises" and len(arguments) > 1:
        inner = ast.Call(arguments[1], arguments[2:], call.keywords)
        return _raises(arguments[0], [ast.Expr(inner)])
    template = _ASSERTIONS.get(short)
    if template is None or not name.startswith("assert"):
        return None
    needed = template.count("{")
    message = options.pop("msg", arguments[needed] if len(arguments) > needed else None)
    if short == "almost_equal":
        delta, places = options.pop("delta", None), options.pop("places", None)
        if len(arguments) > 2 and not isinstance(arguments[2], ast.Constant):
            return None
        if len(arguments) > 2 and isinstance(getattr(arguments[2], "value", None), int):
            places, message = arguments[2], arguments[3] if len(arguments) > 3 else None
        if delta is not None:
            template = f"assert abs({{0}} - {{1}}) <= {ast.unparse(delta)}"
        elif places is not None:
            template = f"assert round(abs({{0}} - {{1}}), {ast.unparse(places)}) == 0"
    if options or len(arguments) < needed:
        return None
    texts = [f"({ast.unparse(a)})" for a in arguments[:needed]]
    built = ast.parse(ast.unparse(ast.parse(template.format(*texts)))).body[0]
    if isinstance(built, ast.Assert) and message is not None:
        built.msg = message
    return built


def asks_for_exception(node: ast.stmt) -> ast.stmt | None:
    """Return `with student.raises(...)` for a `try` that fails unless it raises, or None."""
    if isinstance(node, ast.With) and len(node.items) == 1:
        call = node.items[0].context_expr
        if isinstance(call, ast.Call) and node.items[0].optional_vars is None:
            name = _snake(ast.unparse(call.func).rpartition(".")[2])
            if name in {"raises", "assert_raises"} and len(call.args) == 1:
                return _raises(call.args[0], node.body, call.keywords)
        return None
    if not isinstance(node, ast.Try) or len(node.handlers) != 1:
        return None
    if node.finalbody:
        inner = asks_for_exception(ast.Try(node.body, node.handlers, node.orelse, []))
        if inner is None:
            return None
        return ast.fix_missing_locations(ast.Try([inner], [], [], node.finalbody))
    handler = node.handlers[0]
    if handler.type is None or not all(isinstance(each, ast.Pass) for each in handler.body):
        return None
    body = node.body
    if not node.orelse and len(body) > 1 and _fails(body[-1]):
        return _raises(handler.type, body[:-1])
    if len(node.orelse) == 1 and _fails(node.orelse[0]):
        return _raises(handler.type, body)
    return None


def _fails(node: ast.stmt) -> bool:
    if isinstance(node, ast.Assert):
        return isinstance(node.test, ast.Constant) and not node.test.value
    return isinstance(node, ast.Raise) and node.exc is not None


def _raises(
    kind: ast.expr, body: list[ast.stmt], keywords: list[ast.keyword] | None = None
) -> ast.stmt | None:
    if not isinstance(kind, ast.Name | ast.Attribute):
        return None
    name = ast.Constant(ast.unparse(kind).rpartition(".")[2])
    match = [word for word in keywords or [] if word.arg == "match"]
    call = ast.Call(ast.Name("__raises__", ast.Load()), [name], match)
    return ast.fix_missing_locations(ast.With([ast.withitem(call)], body))


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
