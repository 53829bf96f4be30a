"""Running one check: on a submission, and with the reference in its place."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Hashable
from dataclasses import replace
from typing import Final

import pytest

from grader.checking.direct import DirectCheck
from grader.checking.fixtures import RUN, CheckRun
from grader.checking.pytest_adapter import run_item
from grader.checking.reference_trial import ReferenceInPlace, Trial, trial_of
from grader.checking.specification import Check
from grader.checking.student.asked_objects import Placement, Right
from grader.checking.student.student_proxy import StudentProxy, of_course
from grader.quick_dataclass import dataclass

RAISED: Final = pytest.StashKey[BaseException]()
"""Where the first thing is kept that a check has raised which pytest runs."""


@dataclass(frozen=True, slots=True)
class Collected:
    """A check, where pytest has it, and how it is called without pytest if that can be."""

    check: Check
    item: pytest.Item
    direct: DirectCheck | None


class ReferenceTrials:
    """How checks that broke went with the reference in the student's place: each tried once."""

    def __init__(self) -> None:
        self._known: dict[Hashable, Trial | None] = {}

    def of(self, one: Collected, run: CheckRun, following: pytest.Item) -> Trial | None:
        """Return how a check went with the reference; None where there is none."""
        key = run.exercise.name, run.seed, run.check.id
        if key not in self._known:
            self._known[key] = _with_reference(one, run, following)
        return self._known[key]


def _with_reference(one: Collected, run: CheckRun, following: pytest.Item) -> Trial | None:
    module = run.references.module(run.exercise)
    if module is None:
        return None
    parameters = functools.partial(run.references.parameters, run.exercise)
    asked = functools.partial(run.references.values, run.exercise)
    place = ReferenceInPlace(module, run.exercise.name)
    student = StudentProxy(place, parameters, asked, *of_course(run.references.course))
    with contextlib.redirect_stdout(sys.stderr):
        return trial_of(raised_by(one, replace(run, student=student), following), student)


def run_judged(
    one: Collected, run: CheckRun, following: pytest.Item, trials: ReferenceTrials
) -> BaseException | None:
    """Run a check and return what it raised, or the failure of an object out of place.

    Where a submission gives an object, it has to be known what the reference gives there. That is
    tried in the middle of the check; before it, where pytest runs it, which cannot do so twice at
    once.
    """
    if one.direct is None:
        trials.of(one, run, following)

    def right() -> Right | None:
        trial = trials.of(one, run, following)
        return trial.objects if trial is not None and trial.passed else None

    run.student.placement = placement = Placement(right)
    error = raised_by(one, run, following)
    return placement.unknown if error is None else error


def raised_by(one: Collected, run: CheckRun, following: pytest.Item) -> BaseException | None:
    """Run a check and return what it raised."""
    if one.direct is None:
        stash = one.item.stash
        stash[RUN] = run
        run_item(one.item, None if following is one.item else following)
        del stash[RUN]
        error = stash.get(RAISED, None)
        if error is not None:
            del stash[RAISED]
        return error
    try:
        one.direct(run)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return error
    return None
