"""What a running check is given, and the fixtures that hand it over; a plugin for pytest."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

from grader.checking import finite_difference as differences
from grader.checking.compare import Compare
from grader.checking.reference import References, Remembered
from grader.checking.specification import Check
from grader.checking.student.student_proxy import StudentProxy
from grader.course import Exercise
from grader.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class CheckRun:
    """One run of a check: the check, what it is run on, and what it is held against."""

    exercise: Exercise
    seed: int
    check: Check
    student: StudentProxy
    references: References


RUN: Final = pytest.StashKey[CheckRun]()
"""Where a test that pytest runs finds its run: in the stash of its item."""


@pytest.fixture
def check_run(request: pytest.FixtureRequest) -> CheckRun:
    """Give the run that a check is in."""
    run: CheckRun = request.node.stash[RUN]
    return run


@pytest.fixture
def student(check_run: CheckRun) -> StudentProxy:
    """Give the submission's functions, called through the sandbox."""
    return check_run.student


@pytest.fixture
def reference(check_run: CheckRun) -> Remembered:
    """Give the reference module of the exercise."""
    return check_run.references.remembered(check_run.exercise)


@pytest.fixture
def rng(check_run: CheckRun) -> np.random.Generator:
    """Give random numbers that depend on the seed, the exercise and the check alone."""
    course = check_run.references.course.name
    return generator_for(check_run.seed, course, check_run.exercise.name, check_run.check.id)


@pytest.fixture
def compare(check_run: CheckRun) -> Compare:
    """Give comparisons with feedback made for students."""
    references = check_run.references
    return Compare(check_run.check.visible, references.course.folder, references.calls)


@pytest.fixture
def finite_difference() -> Callable[..., Any]:
    """Give central finite differences of a scalar function."""
    return differences.finite_difference


def generator_for(seed: int, *names: str) -> np.random.Generator:
    """Return a generator whose numbers depend on the seed and the names alone."""
    sequence = _seed_sequence(seed, names)
    if sequence.n_children_spawned:  # by a check that has made generators of its own from it
        sequence = _seed_sequence.__wrapped__(seed, names)
    return np.random.Generator(np.random.PCG64(sequence))


@functools.cache  # one for each check: making it takes longer than all that is drawn from it
def _seed_sequence(seed: int, names: tuple[str, ...]) -> np.random.SeedSequence:
    digest = hashlib.sha256("\0".join(names).encode()).digest()
    return np.random.SeedSequence([seed, *np.frombuffer(digest, dtype="<u4").tolist()])
