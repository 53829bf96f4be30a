"""Checks: the attack comes first, so that what it breaks is broken for the honest functions."""

import json
import os

import pytest

SECRET = "@SECRET@"
NUMBERS = [0.25, 0.5, 0.75]


def oracle(number):
    return number + len(SECRET)


def got_something(value, prizes):
    """Return whether a text holds something that the submission must not know."""
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return any(prize in text for prize in prizes)


@pytest.mark.function("attack")
@pytest.mark.points(3)
def test_attack(student, compare):
    """The attack has got something"""
    scene = json.loads(os.environ["HOSTILE_SCENE"])
    expected = SECRET
    value = student.attack(scene["given"], oracle)
    if isinstance(value, (str, bytes)):
        text = f"The attack got nothing. {' '.join(student.warnings)}"
        compare.that(got_something(value, [expected, *scene["prizes"]]), text)
    else:
        compare.close(value, NUMBERS, names="numbers")


@pytest.mark.function("double")
@pytest.mark.points(1)
def test_double(student, reference, compare, rng):
    """Twice as much"""
    x = rng.normal(size=3)
    compare.close(student.double(x), reference.double(x), names="double")


@pytest.mark.function("total")
@pytest.mark.points(2)
def test_total(student, reference, compare, rng):
    """All together"""
    values = rng.normal(size=5)
    compare.close(student.total(values), reference.total(values), names="total")
