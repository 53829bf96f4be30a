"""Which cases of a test wait for the thorough run.

Some tests repeat over many more cases what a few of them show: each attack behind each combination
of the sandbox's layers, each guide in the second language, each way of being wrong in each order of
calls. The few run by default; the others are marked `thorough`, and run with

    pytest -m "thorough or not thorough"

every night, before a release, and when what they are about is changed (CONTRIBUTING.md). A case is
chosen for what it alone shows, then for what it costs: each rule, layer, attack, platform, page,
database and language keeps one that runs by default.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import pytest


def thorough(cases: Iterable[Any], *, but: Collection[Any] | Callable[[Any], bool]) -> list[Any]:
    """Return the cases of a parametrization, marked as thorough but for those that `but` has.

    Parameters
    ----------
    cases : iterable
        A tuple for each case of several parameters, a value for each case of one.
    but : collection or function
        The cases that run by default, or what says of a case whether it does. There has to be one.
    """
    every = list(cases)
    by_default = [case for case in every if (but(case) if callable(but) else case in but)]
    assert by_default, "a test has a case that runs by default"
    assert callable(but) or len(by_default) >= len(but), f"not every one is a case: {but}"
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=() if case in by_default else pytest.mark.thorough,
        )
        for case in every
    ]
