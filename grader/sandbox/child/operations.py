"""What may be done with an object of a submission's: each operation by its name on the wire."""

from __future__ import annotations

import builtins
import copy
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from .figures.drawing import facts, figures
from .objects import class_names

_PLACE: Final = re.compile(r" at 0x[0-9A-Fa-f]{6,}>")


def _call(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    return function(*arguments, **named)


def _slice(value: Any, start: Any, stop: Any, step: Any) -> Any:
    return value[start:stop:step]


def _next(iterator: Any) -> tuple[Any, ...]:
    """Return the next item alone in a tuple; an empty tuple where there is none."""
    try:
        return (next(iterator),)
    except StopIteration:
        return ()


def _enter(manager: Any) -> Any:
    return type(manager).__enter__(manager)


def _exit(manager: Any, name: str | None = None, text: str = "") -> bool:
    """Leave a context, for an exception where it has a name."""
    leave = type(manager).__exit__
    if name is None:
        return bool(leave(manager, None, None, None))
    error = getattr(builtins, name, Exception)(text)
    return bool(leave(manager, type(error), error, None))


def _repr(value: Any) -> str:
    """Return an object's text; where it lies in memory is another place each time."""
    return _PLACE.sub(">", repr(value))


def _str(value: Any) -> str:
    return _PLACE.sub(">", str(value))


def _kind(value: Any) -> list[str]:
    return class_names(value if isinstance(value, type) else type(value))


def _is_instance(kind: Any, value: Any) -> bool:
    return isinstance(value, kind)


def _is_subclass(kind: Any, other: Any) -> bool:
    return issubclass(other, kind)


OPERATIONS: Final[Mapping[str, Callable[..., Any]]] = {
    ".get": getattr,
    ".set": setattr,
    ".delete": delattr,
    ".call": _call,
    ".len": len,
    ".item": operator.getitem,
    ".slice": _slice,
    ".setitem": operator.setitem,
    ".delitem": operator.delitem,
    ".in": operator.contains,
    ".iter": iter,
    ".next": _next,
    ".enter": _enter,
    ".exit": _exit,
    ".kind": _kind,
    ".facts": facts,
    ".figures": figures,
    ".isinstance": _is_instance,
    ".issubclass": _is_subclass,
    ".copy": copy.copy,
    ".deepcopy": copy.deepcopy,
    ".repr": _repr,
    ".str": _str,
    ".format": format,
    ".bool": bool,
    ".int": int,
    ".float": float,
    ".complex": complex,
    ".round": round,
    ".abs": abs,
    ".divmod": divmod,
    ".pow": pow,
    **{
        f".{name}": getattr(operator, name)
        for name in (
            *("eq", "ne", "lt", "le", "gt", "ge"),
            *("add", "sub", "mul", "truediv", "floordiv", "mod", "matmul"),
            *("and_", "or_", "xor", "lshift", "rshift"),
            *("iadd", "isub", "imul", "itruediv", "ifloordiv", "imod", "imatmul", "ipow"),
            *("neg", "pos", "invert"),
        )
    },
}
