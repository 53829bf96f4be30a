"""What a check says of itself, read from its marks and its docstring."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from grader.course import Exercise
from grader.errors import CourseError
from grader.language import Message, authored, enumerated
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass

MARKS = (
    "function(name): the function that the check is about",
    "points(n): what the check is worth",
    "visible: students may see the check's inputs and expected values",
    "hint(text): shown after a failure",
    "requires(name, ...): blocked unless all checks of these functions passed",
)

_CAPTURES = frozenset(("capfd", "capfdbinary", "caplog", "capsys", "capsysbinary", "capteesys"))


@dataclass(frozen=True, slots=True)
class Check:
    """One check of an exercise."""

    id: str
    title: str
    function: str
    points: float
    visible: bool
    hint: str
    requires: tuple[str, ...]


def read(item: pytest.Item, exercise: Exercise, course: Path) -> Check:
    """Return what the check at `item` says of itself, to a course in this folder.

    Raises
    ------
    CourseError
        A mark is missing or wrong.
    """
    function = _one_argument(item, "function")
    if function not in exercise.points:
        raise _mistake(
            item,
            _("{file}: the check {check} names the function {name}, which {exercise} has not"),
            _("use one of: {names}", names=enumerated(list(exercise.points))),
            name=repr(function),
            exercise=exercise.name,
        )
    points = _one_argument(item, "points")
    if isinstance(points, bool) or not isinstance(points, (int, float)) or not 0 <= points < 1e6:
        raise _mistake(
            item,
            _("{file}: the check {check} is worth {points}"),
            _("give points(n) a number of at least 0"),
            points=repr(points),
        )
    documentation = (getattr(getattr(item, "function", None), "__doc__", None) or "").strip()
    if not documentation:
        raise _mistake(
            item,
            _("{file}: the check {check} has no title"),
            _("begin its docstring with a line for students"),
        )
    for name in _CAPTURES.intersection(getattr(item, "fixturenames", ())):
        raise _mistake(
            item,
            _(
                "{file}: the check {check} asks for {name}, which sees nothing of what a"
                " submission prints"
            ),
            _("take student.printed, or student.printed_while_loading"),
            name=name,
        )
    requires = tuple(str(name) for mark in item.iter_markers("requires") for name in mark.args)
    for name in requires:
        if name not in exercise.points or name == function:
            raise _mistake(
                item,
                _("{file}: the check {check} requires {name}"),
                _("name other functions of {exercise}", exercise=exercise.name),
                name=repr(name),
            )
    marked = item.get_closest_marker("hint") is not None
    return Check(
        id=item.nodeid.partition("::")[2],
        title=authored(course, documentation.splitlines()[0].strip()),
        function=str(function),
        points=float(points),
        visible=item.get_closest_marker("visible") is not None,
        hint=authored(course, str(_one_argument(item, "hint"))) if marked else "",
        requires=requires,
    )


def _one_argument(item: pytest.Item, name: str) -> object:
    mark = item.get_closest_marker(name)
    if mark is None or len(mark.args) != 1 or mark.kwargs:
        raise _mistake(
            item,
            _("{file}: the check {check} lacks its {name}"),
            _("mark it with @pytest.mark.{name}(...), one value", name=name),
            name=name,
        )
    value: object = mark.args[0]
    return value


def _mistake(item: pytest.Item, what: Message, remedy: str, **values: object) -> CourseError:
    return CourseError(what.format(file=item.path.name, check=item.name, **values), remedy)


def in_order(checks: Sequence[Check]) -> list[int]:
    """Return the order to run checks in: as written, but after what they require.

    Raises
    ------
    CourseError
        Two functions require each other.
    """
    order: list[int] = []
    waiting = list(range(len(checks)))
    while waiting:
        unfinished = {checks[index].function for index in waiting}
        ready = [index for index in waiting if not unfinished & set(checks[index].requires)]
        if not ready:
            names = enumerated(sorted(unfinished))
            raise CourseError(
                _("the checks of {names} require each other", names=names),
                _("remove one of the requires marks"),
            )
        first = ready[0]
        order.append(first)
        waiting.remove(first)
    return order


def verify_points(checks: Sequence[Check], exercise: Exercise, file: str) -> None:
    """Raise CourseError where a function's checks do not add up to its points in course.toml."""
    for function, points in exercise.points.items():
        total = math.fsum(check.points for check in checks if check.function == function)
        if not math.isclose(total, points, abs_tol=1e-9):
            raise CourseError(
                _(
                    "{file}: the checks of {function} add up to {total:g} points, but course.toml"
                    " gives it {points:g}",
                    file=file,
                    function=function,
                    total=total,
                    points=points,
                ),
                _("change the points marks or course.toml so that both agree"),
            )
