"""What holds in a module during one call: names that are set or hidden, answers to `input()`."""

from __future__ import annotations

import builtins
import contextlib
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from .console import answering

_ABSENT: Final = object()


@contextmanager
def holding(namespace: dict[str, Any], conditions: Mapping[str, Any]) -> Iterator[None]:
    """Let conditions hold in a module: "names" to set, "hidden" ones, "answers" to `input()`."""
    with contextlib.ExitStack() as stack:
        if "answers" in conditions:
            stack.enter_context(answering(conditions["answers"]))
        if "names" in conditions or "hidden" in conditions:
            names, hidden = conditions.get("names") or {}, conditions.get("hidden") or ()
            stack.enter_context(set_and_hidden(namespace, names, hidden))
        yield


@contextmanager
def set_and_hidden(
    namespace: dict[str, Any], names: Mapping[str, Any], hidden: Sequence[str]
) -> Iterator[None]:
    """Set names of a module, and hide others, for a while; then they are what they were.

    Of a package that is hidden, all is hidden that the module has of it, and importing it fails. A
    built-in function that is hidden raises NameError when it is called.
    """
    dotted = {name: value for name, value in names.items() if "." in name}
    changes: dict[str, Any] = {
        each: value for name in hidden for each, value in _without(namespace, name).items()
    } | {name: value for name, value in names.items() if name not in dotted}
    before = {name: namespace.get(name, _ABSENT) for name in changes}
    modules: dict[str, Any] = {name: sys.modules.get(name) for name in hidden}
    modules |= {
        name: module
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in hidden
    }
    _change(namespace, changes)
    for name in modules:
        sys.modules[name] = None  # type: ignore[assignment]  # so that importing it fails
    try:
        with contextlib.ExitStack() as stack:
            for path, value in dotted.items():
                stack.enter_context(_attribute_set(namespace, path, value))
            yield
    finally:
        _change(namespace, before)
        for name, module in modules.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


@contextmanager
def _attribute_set(namespace: Mapping[str, Any], path: str, value: Any) -> Iterator[None]:
    """Set what an imported module has by a name, as `np.linalg.solve`, for a while."""
    root, *between, name = path.split(".")
    owner = namespace.get(root, sys.modules.get(root))
    for each in between:
        owner = getattr(owner, each, None)
    if not isinstance(owner, types.ModuleType):
        yield
        return
    before = vars(owner).get(name, _ABSENT)
    _change(vars(owner), {name: value})
    try:
        yield
    finally:
        _change(vars(owner), {name: before})


def _change(namespace: dict[str, Any], values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if value is _ABSENT:
            namespace.pop(name, None)
        else:
            namespace[name] = value


def _without(namespace: Mapping[str, Any], hidden: str) -> dict[str, Any]:
    """Return what the names of a module are to be once something of this name is hidden."""
    found = {
        name: _ABSENT for name, value in list(namespace.items()) if _package_of(value) == hidden
    }
    found[hidden] = _ABSENT
    if hidden not in namespace and callable(getattr(builtins, hidden, None)):
        found[hidden] = _missing(hidden)
    return found


def _missing(name: str) -> Callable[..., Any]:
    def missing(*_arguments: Any, **_named: Any) -> Any:
        raise NameError(f"name {name!r} is not defined", name=name)

    return missing


def _package_of(value: Any) -> str:
    """Return the package that a module, function or class is from."""
    name = value.__name__ if isinstance(value, types.ModuleType) else None
    if name is None and callable(value):
        name = getattr(value, "__module__", None)
    return name.partition(".")[0] if isinstance(name, str) else ""
