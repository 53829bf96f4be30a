"""The calls that a function of the reference makes of the others: what `given` answers."""

from __future__ import annotations

import copy
import functools
import inspect
import types
from collections.abc import Callable, Sequence
from typing import Any

Answer = tuple[tuple[Any, ...], Any]
"""The arguments of a call, and what it returns."""


def calls_within(function: Callable[..., Any], arguments: Sequence[Any]) -> dict[str, list[Answer]]:
    """Return the calls that `function` makes itself of other functions of its module, by name.

    Parameters
    ----------
    function : callable
        A function of the reference.
    arguments : sequence
        What it is called with. They stay as they are, generators too.
    """
    own = inspect.unwrap(function)
    found: dict[str, list[Answer]] = {}
    names = dict(own.__globals__)
    for name, value in own.__globals__.items():
        if inspect.isfunction(value) and value.__module__ == own.__module__ and value is not own:
            names[name] = _recorded(value, found.setdefault(name, []))
    code, defaults = own.__code__, own.__defaults__
    recorded = types.FunctionType(code, names, own.__name__, defaults, own.__closure__)
    recorded(*copy.deepcopy(tuple(arguments)))
    return {name: calls for name, calls in found.items() if calls}


def _recorded(function: Callable[..., Any], calls: list[Answer]) -> Callable[..., Any]:
    @functools.wraps(function)
    def call(*arguments: Any, **named: Any) -> Any:
        in_order = (
            inspect.signature(function).bind(*arguments, **named).args if named else arguments
        )
        before = copy.deepcopy(in_order)
        value = function(*arguments, **named)
        calls.append((before, copy.deepcopy(value)))
        return value

    return call
