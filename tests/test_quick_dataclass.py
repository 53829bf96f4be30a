"""Classes of `grader.quick_dataclass` are what the standard library makes of the same text."""

from __future__ import annotations

import copy
import dataclasses
import functools
import pickle
import types
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from grader import quick_dataclass

pytestmark = pytest.mark.timeout(20)

ARGUMENTS = [
    {},
    {"slots": True},
    {"frozen": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "slots": True, "eq": False},
    {"frozen": True, "slots": True, "repr": False},
    {"slots": True, "eq": False, "repr": False},
]


class Plain:
    """Fields of each kind."""

    counted: ClassVar[int] = 3
    name: str
    values: list[int] = dataclasses.field(default_factory=list, hash=False)
    aside: str = dataclasses.field(default="aside", compare=False)
    hidden: str = dataclasses.field(default="hidden", repr=False)
    made: list[str] = dataclasses.field(init=False, default_factory=lambda: ["made"], hash=False)
    fixed: int = dataclasses.field(init=False, default=5)

    def doubled(self) -> int:
        """Return a number of the class."""
        return 2 * self.counted


class Single:
    """One field."""

    number: float


class Empty:
    """None."""


class After:
    """What is done once the fields are filled, and its own way to be equal and to be shown."""

    number: int
    half: float = dataclasses.field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "half", self.number / 2)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and abs(self.number) == abs(other.number)

    def __repr__(self) -> str:
        return f"about {self.number}"


def both(cls: type, arguments: dict[str, bool]) -> tuple[type, type]:
    """Return the class as the standard library and as the product makes it."""

    def again() -> type:
        members = {k: v for k, v in vars(cls).items() if k not in ("__dict__", "__weakref__")}
        return types.new_class(cls.__name__, (), {}, lambda body: body.update(members))

    usual = dataclasses.dataclass(**arguments)(again())
    return usual, quick_dataclass.dataclass(**arguments)(again())


def outcome(act: Callable[[], Any]) -> Any:
    """Return what comes of it: the value, or the error's kind and text."""
    try:
        return act()
    except Exception as error:
        return type(error), str(error).replace("After.", "").replace("Plain.", "")


@pytest.mark.parametrize("arguments", ARGUMENTS, ids=lambda given: " ".join(given) or "plain")
@pytest.mark.parametrize(
    ("cls", "given", "other"),
    [
        (Plain, ("a", [1]), ("a", [2])),
        (Plain, ("a", [], "one"), ("a", [], "another")),
        (Single, (1.0,), (2.0,)),
        (Empty, (), ()),
        (After, (3,), (-3,)),
    ],
    ids=lambda case: getattr(case, "__name__", None),
)
def test_a_class_is_what_the_standard_library_makes(
    arguments: dict[str, bool], cls: type, given: tuple[Any, ...], other: tuple[Any, ...]
):
    found = []
    for made in both(cls, arguments):
        one, same, different = made(*given), made(*given), made(*other)
        name = next((each.name for each in dataclasses.fields(made)), "")
        shown = repr(one) if "object at" not in repr(one) else "by its address"
        found.append(
            [
                shown,
                (one == same, one == different, one != same, one == given, one == one),
                outcome(lambda one=one, same=same: hash(one) == hash(same)),
                outcome(functools.partial(setattr, one, name, 7)) if name else None,
                outcome(functools.partial(delattr, one, name)) if name else None,
                outcome(lambda made=made: made(1, 2, 3, 4, 5, 6)) if cls is not Plain else None,
                [(each.name, each.type, each.repr) for each in dataclasses.fields(made)],
                made.__match_args__,
                getattr(made, "__slots__", "none"),
                made.__doc__,
            ]
        )
    assert found[0] == found[1]


@quick_dataclass.dataclass(frozen=True, slots=True)
class Point:
    """At the top of a module, where pickle finds it."""

    x: int
    labels: list[str] = dataclasses.field(default_factory=list)


@quick_dataclass.dataclass(frozen=True, slots=True)
class Named(Point):
    """With a field more."""

    name: str = "origin"


@pytest.mark.parametrize(
    "again", [copy.copy, copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))]
)
def test_a_frozen_one_can_be_copied_and_replaced(again: Callable[[Any], Any]):
    point = Named(1, ["a"], name="b")
    assert again(point) == point
    assert type(again(point)) is Named
    assert dataclasses.asdict(point) == {"x": 1, "labels": ["a"], "name": "b"}
    assert dataclasses.replace(point, x=2) == Named(2, ["a"], "b") != Point(2, ["a"])
    assert Point(1).labels is not Point(1).labels
    assert dataclasses.is_dataclass(point)


def test_one_that_holds_itself_is_shown():
    point = Point(1, [])
    point.labels.append(point)  # type: ignore[arg-type]
    assert repr(point) == "Point(x=1, labels=[...])"
