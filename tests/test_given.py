"""Functions checked on right answers to the calls that they make, into the sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from grader.checking.compare import Compare
from grader.checking.inner_calls import InnerCalls, calls_within, is_telling
from grader.checking.student.known_answers import KnownAnswers
from grader.checking.student.shown import shown_call
from grader.checking.student.student_proxy import StudentProxy
from grader.comparison.check_failure import CheckFailure
from grader.course import Limits
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

TEXT = """
import numpy as np
asked = 0

def double(z):
    global asked
    asked += 1
    z += 1.0
    return 3 * z

def named(z):
    return double(z=z)

def plain(z):
    return double(z)

def elsewhere(z):
    return double(z + 1)

def inlined(z):
    return 3 * (z + 1.0)

def raising(z):
    return double(z)[7]

def odd(z):
    return double({1: z})

def many(z):
    return [double(z + number)[0] for number in range(200)]

def calls(z):
    return asked

def undefined(z):
    return half(z)
"""
Z = np.array([1.0, 2.0])
ANSWERS = {"double": [((Z,), 2 * Z)], "half": [((Z,), Z / 2)]}


@pytest.fixture(scope="module")
def student() -> Iterator[StudentProxy]:
    with SandboxHost(resolve("basic"), ("numpy",)) as host:
        session = SubmissionSession(
            host, SubmissionSource((CodeBlock("given.py", TEXT),)), Limits()
        )
        yield StudentProxy(session, lambda _function: ("z",))
        session.close()


@pytest.mark.parametrize("function", ["plain", "named"])
def test_a_known_call_is_answered_in_place_of_the_students_function(
    student: StudentProxy, function: str
) -> None:
    given = student.given(**ANSWERS)
    before = student.calls(Z)
    assert getattr(given, function)(Z).tolist() == [2.0, 4.0]
    assert given.changed_arguments == ()
    assert student.calls(Z) == before


def test_any_other_call_goes_to_the_students_function(student: StudentProxy) -> None:
    assert student.given(**ANSWERS).elsewhere(Z).tolist() == [9.0, 12.0]
    with pytest.raises(CallFailure) as caught:
        student.given(**ANSWERS).odd(Z)
    assert "given.py, line 8" in caught.value.feedback


def test_a_call_that_the_check_makes_goes_to_the_students_function(student: StudentProxy) -> None:
    given = student.given(**ANSWERS)
    assert given.double(Z).tolist() == [6.0, 9.0]
    assert given.changed_arguments == ("z",)


def test_the_students_function_is_back_afterwards(student: StudentProxy) -> None:
    given = student.given(**ANSWERS)
    with pytest.raises(IndexError):
        given.raising(Z)
    assert student.plain(Z).tolist() == [6.0, 9.0]


def test_what_the_submission_does_not_define_stays_undefined(student: StudentProxy) -> None:
    with pytest.raises(CallFailure, match="half"):
        student.given(**ANSWERS).undefined(Z)


def test_a_function_that_asks_in_vain_asks_no_more(student: StudentProxy) -> None:
    asked: list[int] = []
    reply = student._submission.call("many", (Z,), ("z",), {"double": lambda *_: asked.append(1)})
    assert len(reply.value) == 200
    assert 1 < len(asked) < 50


def test_the_first_failure_is_told() -> None:
    compare = Compare(visible=True)

    def fail(number: int) -> None:
        compare.that(False, f"attempt {number}")

    compare.passes_any(lambda: fail(1), lambda: None)
    with pytest.raises(CheckFailure, match="attempt 1"):
        compare.passes_any(lambda: fail(1), lambda: fail(2))


def triple(z: np.ndarray) -> np.ndarray:
    z += z
    return z + z / 2


def ninefold(z: np.ndarray) -> np.ndarray:
    return triple(triple(z.copy()))


def test_the_calls_of_a_right_function_are_its_own_alone() -> None:
    z = np.array([1.0, 2.0])
    calls = calls_within(ninefold, (z,))
    assert list(calls) == ["triple"]
    assert [(arguments[0].tolist(), value.tolist()) for arguments, value in calls["triple"]] == [
        ([1.0, 2.0], [3.0, 6.0]),
        ([3.0, 6.0], [9.0, 18.0]),
    ]
    assert z.tolist() == [1.0, 2.0]


def test_the_calls_of_a_right_function_are_noted_once() -> None:
    asked: list[list[float]] = []

    def inner(z: np.ndarray) -> np.ndarray:
        asked.append(z.tolist())
        return 2 * z

    names: dict[str, Any] = {"inner": inner, "__name__": __name__}
    exec("def outer(z, *more):\n    return inner(z)", names)
    calls = InnerCalls()
    for number in (1.0, 1.0, 2.0, 1.0):
        [(arguments, value)] = calls.within(names["outer"], [np.array([number])])["inner"]
        assert (arguments[0].tolist(), value.tolist()) == ([number], [2 * number])
        value += 1.0  # it is a copy
    assert asked == [[1.0], [2.0]]
    for _ in range(2):  # what a generator gives next can't be told
        calls.within(names["outer"], [Z, np.random.default_rng(0)])
    assert asked == [[1.0], [2.0], [1.0, 2.0], [1.0, 2.0]]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (([1.0, 2.0], 0.5), "first"),
        (([1.0, 2.0 + 1e-11], 0.5), "first"),
        (([1, 2], 0.5), "first"),
        (([3.0, np.nan], True), "second"),
        (([3.0, np.inf], 1), None),
        (([1.0], 0.5), None),
        (([1.0, 2.0],), None),
        (([1.0, 2.0 + 0j], 0.5), None),
        ((["1.0", "2.0"], 0.5), None),
        (([[1.0, 2.0]], 0.5), None),
    ],
    ids=str,
)
@pytest.mark.parametrize("as_array", [np.asarray, list], ids=["array", "list"])
@pytest.mark.parametrize("more", [(), ((("a text",), "text"),)], ids=["numbers", "others"])
def test_known_answers_are_those_of_the_first_call_that_is_alike(
    asked: Any, answer: str | None, as_array: Callable[[Any], Any], more: Any
) -> None:
    """Whether all that is known are numbers makes no difference, nor do lists."""
    known = KnownAnswers(
        (
            ((np.array([1.0, 2.0]), 0.5), "first"),
            ((np.array([1.0, 2.0]), 0.5), "never"),
            ((np.array([3.0, np.nan]), 1.0), "second"),
            *more,
        )
    )
    assert known(as_array(asked[0]), *asked[1:]) == answer


def right_double(z: np.ndarray) -> np.ndarray:
    return 2 * z


def right_plain(z: np.ndarray) -> np.ndarray:
    return double(z)


double = right_double


def half(z: np.ndarray) -> np.ndarray:
    return z / 2


def right_calls(z: np.ndarray) -> np.ndarray:
    return half(z)


def test_a_mistake_is_charged_where_it_is(student: StudentProxy) -> None:
    """The student's `plain` and `inlined` are right but for `double`; `elsewhere` is wrong too."""
    compare = Compare(visible=False)

    def check(function: str) -> Callable[[StudentProxy, Any], None]:
        return lambda one, expected: compare.close(getattr(one, function)(Z), expected)

    compare.follows(check("plain"), student, right_plain, Z)
    compare.follows(check("inlined"), student, right_plain, Z)
    for function, right in [
        ("elsewhere", right_plain),
        ("plain", right_double),
        ("plain", right_calls),  # the student has no `half`: nothing follows from it
    ]:
        with pytest.raises(CheckFailure, match="2 of 2 entries are wrong"):
            compare.follows(check(function), student, right, Z)


@pytest.mark.parametrize(
    ("value", "telling"),
    [
        ((np.array([1.0, 3.0]), 0.5), True),
        ([[1.0, 3.0], [2.0, 4.0]], True),
        (np.array([7.0]), True),
        (np.array([1.0, np.nan]), False),
        (np.array([2.0, 2.0]), False),
        ((np.array([1.0, 3.0]), [1.0, 2.0]), False),  # an argument
    ],
)
def test_a_value_that_may_come_from_anywhere_tells_nothing(value: Any, telling: bool) -> None:
    assert is_telling(value, (np.array([1.0, 2.0]), 5)) is telling


def test_a_call_is_told_in_the_same_words_each_time() -> None:
    told = [
        shown_call("train", ("x", "rng"), (1.5, np.random.default_rng(0)), {"key": abs})
        for _ in range(2)
    ]
    assert told == ["train(x=1.5, rng=a random generator, key=a function)"] * 2
