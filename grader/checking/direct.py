"""Calling a check directly, where pytest would do the same with more ceremony.

A check that is a plain function of plain fixtures needs no setup and teardown of its own; running
it as pytest runs a test costs more than all that it calls. Whatever is not that simple is left
to pytest: other scopes, fixtures that yield or are parametrized, classes, skip marks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest

_HARMLESS_MARKS: Final = {"function", "points", "visible", "hint", "requires", "parametrize"}


@dataclass(frozen=True, slots=True)
class DirectCheck:
    """A check as a function, and how its arguments are made, in order.

    Attributes
    ----------
    function : callable
        The check.
    arguments : tuple of str
        What it takes.
    values : mapping
        The arguments that are known beforehand: those of `parametrize`.
    makers : tuple
        For each further argument its name, the function that makes it, and what that takes.
    """

    function: Callable[..., Any]
    arguments: tuple[str, ...]
    values: Mapping[str, Any]
    makers: tuple[tuple[str, Callable[..., Any], tuple[str, ...]], ...]

    def __call__(self) -> None:
        """Make the arguments anew and run the check; what it raises is its outcome."""
        values = dict(self.values)
        for name, make, needs in self.makers:
            values[name] = make(**{each: values[each] for each in needs})
        self.function(**{name: values[name] for name in self.arguments})


def direct(item: pytest.Item) -> DirectCheck | None:
    """Return the check at `item` as a function; None where pytest itself has to run it."""
    if type(item) is not pytest.Function or item.cls is not None:
        return None
    if any(mark.name not in _HARMLESS_MARKS for mark in item.iter_markers()):
        return None
    if inspect.iscoroutinefunction(item.obj) or inspect.isgeneratorfunction(item.obj):
        return None
    given: Mapping[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    found = item._fixtureinfo.name2fixturedefs
    makers: list[tuple[str, Callable[..., Any], tuple[str, ...]]] = []
    made = set(given)

    def add(name: str, asking: tuple[str, ...]) -> bool:
        if name in made:
            return True
        definitions = found.get(name) or ()
        if len(definitions) != 1 or name in asking:
            return False
        (definition,) = definitions
        maker = definition.func
        if definition.scope != "function" or definition.params or _yields(maker):
            return False
        needs = tuple(definition.argnames)
        if not all(add(each, (*asking, name)) for each in needs):
            return False
        made.add(name)
        makers.append((name, maker, needs))
        return True

    # a parametrized name with a fixture of its own is one that goes to that fixture
    if any(getattr(item, "callspec", None) and _takes_request(found.get(name)) for name in given):
        return None
    if not all(add(name, ()) for name in item._fixtureinfo.names_closure):
        return None
    return DirectCheck(item.obj, tuple(item._fixtureinfo.argnames), dict(given), tuple(makers))


def _yields(function: Callable[..., Any]) -> bool:
    return inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function)


def _takes_request(definitions: Any) -> bool:
    """Whether a parameter's value goes to a fixture, and not to the check as it is."""
    return any(
        definition.func.__name__ != "get_direct_param_fixture_func"
        for definition in definitions or ()
    )
