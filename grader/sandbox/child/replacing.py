"""Functions of the check in the place of the submission's own, for the length of one call."""

from __future__ import annotations

import contextlib
import functools
import inspect
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

_MAX_IN_VAIN: Final = 20

_Function = Callable[..., Any]


@contextmanager
def replaced(namespace: dict[str, Any], others: Mapping[str, _Function]) -> Iterator[None]:
    """Let calls of the functions named in `others` ask these first.

    Where one of them answers None, or what it would be asked cannot cross into the sandbox, the
    submission's own function answers; after some such calls it is asked no more. A name that the
    submission does not define stays undefined. A method is named as `Stack.pop`; who asks does not
    learn whose it is.
    """
    own = {name: namespace[name] for name in others if callable(namespace.get(name))}
    namespace.update({name: _asking(others[name], function) for name, function in own.items()})
    methods = [each for name in others if "." in name for each in _methods(namespace, name)]
    for kind, name, function, _ in methods:
        setattr(kind, name, _asking(others[f"{kind.__name__}.{name}"], function, 1))
    try:
        yield
    finally:
        namespace.update(own)
        for kind, name, function, is_own in methods:
            if is_own:
                setattr(kind, name, function)
            else:
                delattr(kind, name)


def _methods(
    namespace: Mapping[str, Any], path: str
) -> Iterator[tuple[type, str, _Function, bool]]:
    """Give a method's class, name and function, and whether the class has it itself."""
    kind_name, _, name = path.partition(".")
    kind = namespace.get(kind_name)
    if isinstance(kind, type) and kind.__name__ == kind_name:
        function = inspect.getattr_static(kind, name, None)
        if isinstance(function, types.FunctionType):
            yield kind, name, function, name in vars(kind)


def _asking(other: _Function, own: _Function, skipped: int = 0) -> _Function:
    """Return a function that asks another first, without so many of the first arguments."""
    in_vain = 0

    @functools.wraps(own)
    def function(*arguments: Any, **named: Any) -> Any:
        nonlocal in_vain
        answer = None
        if in_vain < _MAX_IN_VAIN:
            with contextlib.suppress(TypeError, ValueError):
                answer = other(*_positional(own, arguments, named)[skipped:])
            in_vain += answer is None
        return own(*arguments, **named) if answer is None else answer

    return function


def _positional(
    function: _Function, arguments: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """Return the arguments of a call in their order; raises TypeError where they do not fit."""
    return inspect.signature(function).bind(*arguments, **named).args if named else arguments
