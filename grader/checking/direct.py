"""Calling a check directly, where pytest would do the same with more ceremony.

A check that is a plain function of plain fixtures needs no setup and teardown of its own; running
it as pytest runs a test costs more than all that it calls. Whatever is not that simple is left
to pytest: other scopes, fixtures that yield or are parametrized, classes, skip marks.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from grader.checking.fixtures import CheckRun
from grader.checking.pytest_adapter import fixtures_of, passes_parameter
from grader.quick_dataclass import dataclass

_HARMLESS_MARKS: Final = {"function", "points", "visible", "hint", "requires", "parametrize"}
_RUN: Final = "check_run"  # the fixture that all of the grader's own build on


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

    def __call__(self, run: CheckRun) -> None:
        """Make the arguments anew and run the check; what it raises is its outcome."""
        values = {**self.values, _RUN: run}
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
    fixtures = fixtures_of(item)
    given, found = fixtures.parameters, fixtures.definitions
    makers: list[tuple[str, Callable[..., Any], tuple[str, ...]]] = []
    made = {*given, _RUN}

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

    if len(found.get(_RUN) or ()) > 1:  # the course has one of its own
        return None
    # a parametrized name with a fixture of its own is one that goes to that fixture
    if not all(passes_parameter(each) for name in given for each in found.get(name) or ()):
        return None
    # `request` is needed by `check_run` alone, or a fixture that takes it is refused above
    if not all(add(name, ()) for name in fixtures.needed if name != "request"):
        return None
    if "request" in fixtures.arguments:
        return None
    return DirectCheck(item.obj, fixtures.arguments, dict(given), tuple(makers))


def _yields(function: Callable[..., Any]) -> bool:
    return inspect.isgeneratorfunction(function) or inspect.iscoroutinefunction(function)
