"""The one module that uses what pytest keeps private.

pytest collects tests, runs each of them once, and returns. A grader collects a course's checks
once and then runs them for one submission after another, whenever one comes. pytest has no public
way to do so: `pytest.main` is the only door, and everything has happened when it returns. So this
module takes the steps of `pytest.main` one at a time, and asks pytest which fixtures a test takes.

It was tried with the versions in `TRIED`; `tests/test_pytest_adapter.py` fails when a newer one is
installed, or when one of the private names is gone or does something else.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest
from _pytest.config import _prepareconfig

from grader.quick_dataclass import dataclass

TRIED: Final = (8, 4), (9, 2)
"""The oldest and the newest minor version of pytest that this module was tried with."""

_PASSES_A_PARAMETER: Final = "get_direct_param_fixture_func"


@contextmanager
def collected_session(
    arguments: Sequence[str], plugins: Sequence[object]
) -> Iterator[pytest.Session]:
    """Open a pytest session with its tests collected; leaving it tears all fixtures down.

    Parameters
    ----------
    arguments : sequence of str
        Those of pytest's command line.
    plugins : sequence of object
        Modules and objects with fixtures and hooks.

    Raises
    ------
    Exception, SystemExit
        Whatever pytest raises when it cannot start or collect.
    """
    with _without_variables():
        config = _prepareconfig(list(arguments), list(plugins))
    try:
        session = pytest.Session.from_config(config)
        session.exitstatus = pytest.ExitCode.OK
        config._do_configure()
        config.hook.pytest_sessionstart(session=session)
        try:
            config.hook.pytest_collection(session=session)
            yield session
        finally:
            config.hook.pytest_sessionfinish(session=session, exitstatus=session.exitstatus)
    finally:
        config._ensure_unconfigure()


@contextmanager
def _without_variables() -> Iterator[None]:
    """Keep from pytest what its user has set for projects of their own, as PYTEST_ADDOPTS."""
    variables = {name: os.environ[name] for name in os.environ if name.startswith("PYTEST_")}
    for name in variables:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(variables)


def run_item(item: pytest.Item, following: pytest.Item | None) -> None:
    """Run a test as pytest does; `following` comes next, and what both share is kept for it."""
    # what an earlier test has set up need not be what this one builds on
    item.session._setupstate.teardown_exact(item)
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


@dataclass(frozen=True, slots=True)
class ItemFixtures:
    """What a test takes.

    Attributes
    ----------
    arguments : tuple of str
        The parameters of its function.
    needed : tuple of str
        These, and all fixtures that they build on.
    definitions : mapping
        The fixtures of each name, the one that counts last.
    parameters : mapping
        The values of `parametrize` by name.
    """

    arguments: tuple[str, ...]
    needed: tuple[str, ...]
    definitions: Mapping[str, Sequence[pytest.FixtureDef[Any]]]
    parameters: Mapping[str, Any]


def fixtures_of(item: pytest.Function) -> ItemFixtures:
    """Return what a test takes, before any of it is made."""
    information = item._fixtureinfo
    return ItemFixtures(
        tuple(information.argnames),
        tuple(information.names_closure),
        information.name2fixturedefs,
        item.callspec.params if hasattr(item, "callspec") else {},
    )


def passes_parameter(definition: pytest.FixtureDef[Any]) -> bool:
    """Return whether pytest made this fixture to hand over a value of `parametrize` as it is."""
    return definition.func.__name__ == _PASSES_A_PARAMETER
