"""Checks of numbers: values at the top level, with plain asserts and with `compare`."""

import pytest


@pytest.mark.function("answer")
@pytest.mark.points(1)
def test_answer(student):
    """The answer is 6 times 7"""
    assert student.answer == 42


@pytest.mark.function("primes")
@pytest.mark.points(2)
def test_primes(student, reference):
    """The primes are a list of those below 12"""
    assert student.primes == reference.primes


@pytest.mark.function("names")
@pytest.mark.points(0.5)
@pytest.mark.visible
def test_names(student):
    """The names are a text"""
    assert student.names.split(", ") == ["Ada", "Alan"]


@pytest.mark.function("names")
@pytest.mark.points(0.5)
def test_first_name(student):
    """The first of the names is Ada's"""
    assert student.names.startswith("Ada, ")
    assert len(student.names) == 9


@pytest.mark.function("grid")
@pytest.mark.points(2)
def test_grid(student, reference, compare):
    """The grid has two rows"""
    compare.close(student.grid, reference.grid, names="grid")


@pytest.mark.function("ages")
@pytest.mark.points(1)
def test_ages(student):
    """Ada is 36"""
    assert student.ages["Ada"] == 36


@pytest.mark.function("nothing")
@pytest.mark.points(1)
def test_nothing(student):
    """Nothing is None"""
    assert student.nothing is None


@pytest.mark.function("total")
@pytest.mark.points(2)
def test_total(student):
    """The total is the sum"""
    assert student.total([1, 2, 4]) == 7
    assert student.total(student.primes) == sum(student.primes)
