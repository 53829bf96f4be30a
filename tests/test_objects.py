"""Objects, generators, functions that are returned, and exceptions that a task asks for."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.author.verify import Effort, verify
from grader.checking.checks import Checks, collected
from grader.checking.student.student_proxy import StudentProxy
from grader.comparison.check_failure import CheckFailure
from grader.course import load_course
from grader.grading.grade import Grader
from grader.grading.submission import submission_from_bytes
from grader.result import CheckResult
from grader.sandbox.failures import CallFailure
from grader.sandbox.host import SandboxHost
from grader.sandbox.isolation import resolve
from grader.sandbox.pipeline import Pipeline
from grader.sandbox.replies import CodeBlock, SubmissionSource
from grader.sandbox.submission_session import SubmissionSession

COURSE = load_course(Path(__file__).parent / "courses" / "objects")
EXERCISE = COURSE.exercise("objects")
RIGHT = COURSE.reference(EXERCISE).read_text()
STACK_OF_LIST = """
class Stack(list):
    of = classmethod(lambda cls, values: cls(values))
    push = list.append
    def pop(self):
        if not self:
            raise EmptyStackError
        return super().pop()
    def __str__(self):
        return f"Stack({', '.join(map(str, self))})"
    def __enter__(self):
        return self
    def __exit__(self, *_):
        self.clear()
"""
OTHER_STYLES = """
from dataclasses import dataclass
from functools import partial
from operator import mul

@dataclass
class Square(Shape):
    side: float
    area = property(lambda self: self.side * self.side)
    def __post_init__(self):
        if self.side < 0:
            raise ValueError(f"{self.side} is negative")

class Model:
    def __init__(self, degree):
        self.degree = degree
    def predict(self, x):
        return sum(c * np.asarray(x) ** n for n, c in enumerate(self.coef_))
    def score(self, x, y):
        return float(((y - self.predict(x)) ** 2).mean())

class LinearRegression(Model):
    coef_ = None
    def fit(self, x, y):
        self.coef_ = np.polyfit(x, y, self.degree)[::-1]
        return self

class Primes:
    def __init__(self):
        self.found = []
    def __iter__(self):
        return self
    def __next__(self):
        number = self.found[-1] + 1 if self.found else 2
        while any(number % prime == 0 for prime in self.found):
            number += 1
        self.found.append(number)
        return number

primes = Primes

class Scaled:
    def __init__(self, factor):
        self.factor = factor
    def __call__(self, number):
        return self.factor * number

def scaled(factor):
    return partial(mul, factor)

def mean(values):
    if len(values) == 0:
        class NoValuesError(ValueError):
            pass
        raise NoValuesError("an empty list has none")
    return float(np.mean(values))
"""


@pytest.fixture(scope="module")
def grader() -> Iterator[Grader]:
    with Grader(COURSE, resolve("basic")) as opened:
        yield opened


def graded(grader: Grader, text: str) -> dict[str, CheckResult]:
    result = grader.grade(submission_from_bytes("objects.py", text.encode()), EXERCISE, 0)
    return {check.id.removeprefix("test_"): check for check in result.checks}


@pytest.mark.parametrize("own", ["", STACK_OF_LIST, OTHER_STYLES])
def test_right_styles_get_full_marks(grader: Grader, own: str) -> None:
    found = graded(grader, RIGHT + own)
    assert {name: each.feedback for name, each in found.items() if each.feedback} == {}
    assert all(each.outcome.value == "passed" for each in found.values())


WRONG = {
    "no method": (
        ("def push", "def add"),
        "push_and_pop",
        "error",
        "Stack.push raised an exception:\nAttributeError: 'Stack' object has no attribute",
    ),
    "wrong order": (
        ("_values.pop()", "_values.pop(0)"),
        "push_and_pop",
        "failed",
        "Stack().pop() returned 'three'.",
    ),
    "length": (("return len(self._values)", "return -1"), "push_and_pop", "error", "__len__"),
    "no item": (("def __setitem__", "def set"), "places", "error", "item assignment"),
    "wrong text": (
        ("Stack({", "Stack[{"),
        "texts",
        "failed",
        "str(Stack([1, 2])) is 'Stack[1, 2)'.",
    ),
    "not equal": (
        ("def __eq__", "def same"),
        "equal",
        "failed",
        "Stack([1, 2]) == Stack([1, 2]) is False.",
    ),
    "another error": (
        ("raise EmptyStackError(", "raise KeyError("),
        "empty",
        "failed",
        "Stack().pop() raised KeyError, an EmptyStackError is asked for.",
    ),
    "no error": (
        ('raise EmptyStackError("the stack is empty")', "return None"),
        "empty",
        "failed",
        "Stack().pop() returned None where an EmptyStackError is asked for.",
    ),
    "context": (("_values.clear()", "_values"), "context", "failed", "len(Stack([1])) is 1."),
    "area": (("self.side**2", "4 * self.side"), "area", "failed", "Square(3).area is 12."),
    "no base": (
        ("class Square(Shape)", "class Square"),
        "shape",
        "failed",
        "the class of Square is ['Square'].",
    ),
    "no refusal": (
        ("if side < 0", "if side < -9"),
        "no_side",
        "failed",
        "Square(-1) returned an object of type Square where a ValueError is asked for.",
    ),
    "refused otherwise": (
        ('raise ValueError("a side is not negative")', "side()"),
        "no_side",
        "failed",
        "Square(-1) raised TypeError, a ValueError is asked for.",
    ),
    "fit": (("y, rcond", "2 * y, rcond"), "fit", "failed", "coef_: 3 of 3 entries are wrong."),
    "no return": (
        ("        return self\n        # END", "        # END"),
        "chain",
        "failed",
        "returned None",
    ),
    "a value": (
        ("return sum(values) / len(values)", "return 0.0"),
        "mean",
        "failed",
        "mean([1.0, 2.0, 9.0]) returned 0.0.",
    ),
    "returned": (
        ('raise ValueError("the list is empty")', "return 0.0"),
        "mean_of_none",
        "failed",
        "mean([]) returned 0.0 where a ValueError is asked for.",
    ),
    "another raised": (
        ('raise ValueError("the list is empty")', "values[0]"),
        "mean_of_none",
        "failed",
        "mean([]) raised IndexError, a ValueError is asked for.",
    ),
    "another text": (
        ("the list is empty", "no"),
        "mean_says",
        "failed",
        "mean([]) raised a ValueError, as is asked for, but with another message: 'no'",
    ),
    "the primes end": (("while True", "while number < 9"), "primes", "failed", "primes()"),
    "no generator": (
        ("yield number", "return number"),
        "primes",
        "failed",
        "primes returned a number where",
    ),
    "not a function": (
        ("lambda number: factor * number", "factor"),
        "scaled",
        "failed",
        "scaled returned a number where a function is needed.",
    ),
    "an object": (
        ("return sum(values) / len(values)", "return Shape()"),
        "mean",
        "forbidden_value",
        "mean(values (list of 3)) returned an object of type Shape.",
    ),
    "a generator": (
        ("return sum(values) / len(values)", "return (value for value in values)"),
        "mean",
        "forbidden_value",
        "returned a generator; return a list or an array.",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_told_of_wrong_ones(grader: Grader, wrong: str) -> None:
    (old, new), check, outcome, told = WRONG[wrong]
    assert old in RIGHT
    found = graded(grader, RIGHT.replace(old, new))[check]
    assert (found.outcome.value, told in found.feedback) == (outcome, True), found.feedback


def test_names_and_parameters_that_are_not_right_are_told(grader: Grader) -> None:
    text = RIGHT.replace("class Stack", "class stack").replace("(self, degree)", "(self, order)")
    found = graded(grader, text.replace("= degree", "= order"))
    told = "defines no class `Stack`. Is `stack` meant to be it? Rename it to `Stack`."
    assert told in found["push_and_pop"].feedback
    assert found["push_and_pop"].cause == "your file defines `stack`: rename it to `Stack`"
    asked = "`LinearRegression(order)` should be `LinearRegression(degree)`"
    assert found["chain"].cause == f"no parameter is called `degree`: {asked}"
    assert found["fit"].outcome.value == "passed"


def test_a_mistake_in_a_method_is_named(grader: Grader) -> None:
    found = graded(grader, RIGHT.replace("self._values.pop()", "self._values.pop(0)"))
    assert [each.id for each in found["push_and_pop"].diagnosis] == ["queue"]
    found = graded(grader, RIGHT.replace("self.side**2", "self.side**3"))
    (mutant,) = found["area"].diagnosis
    assert (mutant.title, mutant.certainty) == ("A wrong number", "exact")
    assert "area uses the number 3 where 2 belongs." in mutant.message


def test_a_mistake_in_a_method_is_charged_once(grader: Grader) -> None:
    found = graded(grader, RIGHT.replace("increasing=True) @ self", "increasing=True) @ -self"))
    assert {name for name, each in found.items() if each.points == 0} == {"predict"}
    found = graded(grader, RIGHT.replace("np.mean((self", "np.sum((self"))
    assert {name for name, each in found.items() if each.points == 0} == {"score"}


LIES = {
    "equal to all": "__eq__ = lambda *_: True\n    __hash__ = None\n",
    "a number": (
        "__sub__ = __rsub__ = __abs__ = __add__ = lambda *_: Liar()\n"
        "    __lt__ = __gt__ = __eq__ = lambda *_: True\n    __float__ = lambda _: 4.0\n"
    ),
    "another class": "__class__ = property(lambda _: float)\n    __float__ = lambda _: 3\n",
    "everything": "__getattr__ = lambda *_: Liar()\n    __call__ = __getattr__\n",
    "an array": "__array__ = lambda *_, **__: np.array(4.0)\n",
}


@pytest.mark.parametrize("lie", LIES)
def test_an_object_is_no_number_whatever_it_says(grader: Grader, lie: str) -> None:
    text = RIGHT.replace("return sum(values) / len(values)", "return Liar()")
    found = graded(grader, f"{text}\nclass Liar:\n    {LIES[lie]}")["mean"]
    assert found.points == 0.0
    if lie != "another class":
        assert "mean(values (list of 3)) returned an object of type Liar." in found.feedback


@pytest.fixture(scope="module")
def checks() -> Iterator[Checks]:
    with collected(COURSE, [EXERCISE]) as opened:
        yield opened


@pytest.fixture(scope="module")
def session_of() -> Iterator[Callable[[str], SubmissionSession]]:
    with SandboxHost(resolve("basic"), ["numpy"]) as host:
        yield lambda text: SubmissionSession(
            host, SubmissionSource((CodeBlock("objects.py", text),)), EXERCISE.limits
        )


def test_results_are_the_same_recalled_and_afresh(
    checks: Checks, session_of: Callable[[str], SubmissionSession]
) -> None:
    texts = [RIGHT, RIGHT + STACK_OF_LIST, RIGHT + OTHER_STYLES]
    texts += [
        RIGHT.replace(*WRONG[name][0]) for name in ("wrong order", "area", "fit", "an object")
    ]
    texts.append(
        RIGHT.replace("_values.append(value)", "_values.append(value); import os; os._exit(3)")
    )
    for turn in range(4):
        for text in texts[turn % 2 :: 2] if turn == 3 else texts:
            told = []
            for afresh in (False, True):
                session = session_of(text)
                try:
                    results = checks.run(EXERCISE, session, 0, afresh=afresh)
                    told.append([(each.id, each.outcome, each.feedback) for each in results])
                finally:
                    session.close()
            assert told[0] == told[1]


def test_an_object_ends_with_its_process(grader: Grader) -> None:
    text = RIGHT.replace("_values.append(value)", "_values.append(value); import os; os._exit(3)")
    found = graded(grader, text)
    assert "ended the whole program" in found["push_and_pop"].feedback
    assert found["places"].points == 1.0


@pytest.mark.thorough
def test_the_course_of_objects_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.diagnosis.diagnose.REPAIR_SECONDS", 0.0)
    effort = Effort(seeds=2, misconception_seeds=2, mutants=12, misconceptions=2)
    found = verify(COURSE, [EXERCISE], resolve("basic"), effort).exercises[0]
    assert found.faults == ()
    killed = {each.function: each.killed for each in found.mutation}
    assert min(killed[name] for name in ("Stack", "Square", "LinearRegression")) >= 9


MANY = """
import math
from contextlib import contextmanager

class Node:
    kinds = ("leaf", "tree")
    made = 0
    def __init__(self, value, *below, weigh=None):
        self.value, self.below, self.weigh = value, list(below), weigh
        Node.made += 1
    def weight(self, *, factor=1):
        own = self.weigh(self.value) if self.weigh else self.value
        return factor * (own + sum(each.weight() for each in self.below))
    def add(self, *more):
        self.below += more
        return self
    @staticmethod
    def unit():
        return Node(1)
    @property
    def pair(self):
        return {"first": self, "all": [self, *self.below]}
    def __lt__(self, other):
        return self.value < other.value
    def __add__(self, other):
        return Node(self.value + (other.value if isinstance(other, Node) else other))
    __radd__ = __add__
    def __call__(self, x, y=0):
        return self.value + x + y
    def __float__(self):
        return float(self.value)
    def __delitem__(self, place):
        del self.below[place]
    def __format__(self, how):
        return f"<{self.value:{how}}>"

class Loud(Exception):
    pass

def total(nodes):
    return sum(each.value for each in nodes)

def same(one, other):
    return one is other

def apply(function, x):
    return function(x)

def double(x):
    'Return twice as much.'
    return 2 * x

def numbers():
    return {1: "one", 2: "two"}

def gone():
    import os
    os._exit(3)

def countdown(count):
    while count:
        count -= 1
        yield count

@contextmanager
def opened(names):
    names.value.append("in")
    yield names
    names.value.append("out")

def loud():
    raise Loud("very")

def many(count):
    return [object() for _ in range(count)]
"""


@pytest.fixture(scope="module")
def student(session_of: Callable[[str], SubmissionSession]) -> Iterator[StudentProxy]:
    session = session_of(MANY)
    yield StudentProxy(Pipeline(session), lambda _name: ())
    session.close()


def test_what_can_be_done_with_objects(student: StudentProxy) -> None:
    leaf = student.Node(2)
    tree = student.Node(5, leaf, student.Node(3), weigh=lambda value: value + 0.5)
    assert tree.weight(factor=2) == 21.0  # it calls the check's function, which it was given before
    assert student.total([leaf, tree]) == 7
    assert [each.value for each in tree.below] == [2, 3]
    assert tree.below[0] is leaf
    assert student.same(leaf, tree.below[0])
    assert tree.pair["first"] is tree
    assert [each.value for each in tree.pair["all"]] == [5, 2, 3]
    assert leaf < tree
    assert (leaf + tree).value == 7
    assert (1 + leaf).value == (leaf + 1).value == 3
    assert leaf(1) == 3
    assert leaf(1, y=2) == 5
    assert float(leaf) == 2.0
    assert f"{leaf:03d}" == "<002>"
    del tree[0]
    assert tree.weight() == 8.5
    assert tree.add(leaf, leaf) is tree
    assert len({leaf, tree, tree.below[-1]}) == 2
    assert student.Node.unit().value == 1
    assert student.Node.kinds == ("leaf", "tree")
    assert student.Node.made >= 3
    leaf.value = [4, 5]
    assert leaf.value == [4, 5]
    assert hasattr(leaf, "value")
    assert not hasattr(leaf, "worth")
    assert getattr(leaf, "worth", None) is None
    assert student.apply(student.double, 4) == 8
    assert student.numbers()[2] == "two"
    assert list(student.countdown(3)) == [2, 1, 0]
    assert dict(zip("ab", student.countdown(2), strict=True)) == {"a": 1, "b": 0}
    assert student.kind(leaf) == ("Node",)
    assert isinstance(leaf, student.Node)
    assert repr(leaf) == "<submission.Node object>"
    leaf.value = []
    with student.opened(leaf) as inside:
        assert inside is leaf
    assert leaf.value == ["in", "out"]
    again = copy.deepcopy([leaf])[0]
    assert again.value == ["in", "out"]
    again.value = ["other"]
    assert leaf.value == ["in", "out"]
    assert issubclass(student.Node, student.Node)
    assert not issubclass(student.Loud, student.Node)
    assert student.Node.__doc__ is None
    assert student.double.__doc__ == "Return twice as much."
    assert f"{student.double}" == "double"


def test_objects_end_with_their_process_and_are_counted(student: StudentProxy) -> None:
    leaf = student.Node(2)
    with pytest.raises(CallFailure) as caught:
        student.gone()
    assert "exited with code 3" in caught.value.feedback
    with pytest.raises(CallFailure) as caught:
        student.total([leaf])
    assert "the object has gone with its process" in caught.value.feedback
    again = student.Node(7)
    assert again.value == 7
    with pytest.raises(CallFailure) as caught:
        leaf.value  # noqa: B018
    assert caught.value.outcome.value == "died"
    assert len(student.many(9_000)) == 9_000
    with pytest.raises(CallFailure) as caught:
        student.many(2_000)
    assert "one object more than the 10,000 of a check" in caught.value.feedback
    assert again.value == 7


def test_exceptions_are_asked_for_by_name(student: StudentProxy) -> None:
    with student.raises("Exception") as caught:
        student.loud()
    assert (caught.type, caught.message) == ("Loud", "very")
    words = "double\\(3\\) returned 6 where a Loud is asked for"
    with pytest.raises(CheckFailure, match=words), student.raises("Loud"):
        student.double(3)
    words = "Nothing was raised where an IndexError is asked for"
    with pytest.raises(CheckFailure, match=words), student.raises(IndexError):
        pass
    with pytest.raises(TypeError) as other:
        student.double()
    assert isinstance(other.value, CallFailure)
    with pytest.raises(CallFailure), contextlib.suppress(Exception):
        student.missing(3)
