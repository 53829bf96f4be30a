"""Loading an exercise's reference solution into the trusted process."""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib.util
import inspect
import io
import sys
from collections.abc import Callable, Hashable, Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from grader.checking.inner_calls import InnerCalls
from grader.comparison import values
from grader.course import Course, Exercise
from grader.course.cells import named_cells
from grader.errors import CourseError
from grader.language import gettext_lazy as _
from grader.quick_dataclass import dataclass
from grader.sandbox.child.conditions import holding
from grader.sandbox.child.console import answering
from grader.sandbox.child.figures import drawing

FIGURES: Final = "__figures__"
"""Where a reference module keeps the figures that it draws at its top level."""

_MAX_REMEMBERED: Final = 10_000
_MAX_BYTES: Final = 4_096


def load_reference(course: Course, exercise: Exercise) -> ModuleType | None:
    """Return the module solutions/NAME.py; None where the course came without solutions.

    Raises
    ------
    CourseError
        The file cannot be run, or lacks one of the exercise's functions and values.
    """
    path = course.reference(exercise)
    if not path.is_file():
        return None
    name = f"bpgrade_reference_{exercise.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    drawn: list[Any] = []
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            if "matplotlib" in course.packages:
                drawn = stack.enter_context(drawing.apart())
            spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(
            _(
                "{file}, the reference, cannot be run: {reason}",
                file=path.name,
                reason=f"{type(error).__name__}: {error}",
            ),
            _("fix {path}", path=path),
        ) from error
    vars(module)[FIGURES] = drawn
    for function in exercise.functions:
        if not hasattr(module, function):
            raise CourseError(
                _(
                    "{file}, the reference, defines no function {name}",
                    file=path.name,
                    name=function,
                ),
                _("define it, or remove it from course.toml"),
            )
    return module


def source_of(module: ModuleType) -> str:
    """Return the text of a reference module."""
    return Path(module.__file__).read_text("utf-8-sig") if module.__file__ else ""


def run_anew(module: ModuleType, name: str, last_line: int = 0) -> ModuleType:
    """Run a reference once more, under a name, and return the module that comes of it.

    What begins below the last line is left out; 0 for none.
    """
    path = str(module.__file__)
    tree = ast.parse(source_of(module), path)
    if last_line:
        tree.body = [each for each in tree.body if each.lineno <= last_line]
    again = ModuleType(name)
    again.__file__ = path
    exec(compile(tree, path, "exec"), vars(again))
    vars(again).setdefault(FIGURES, [])
    return again


class References:
    """The reference modules of a course, each loaded once, when it is first asked for.

    Attributes
    ----------
    calls : InnerCalls
        The calls that their functions make of one another.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.calls = InnerCalls()
        self._modules: dict[str, ModuleType | None] = {}
        self._remembered: dict[str, Remembered] = {}
        self._values: dict[str, Mapping[str, Any]] = {}
        self._parameters: dict[tuple[str, str], tuple[str, ...]] = {}

    def module(self, exercise: Exercise) -> ModuleType | None:
        """Return the exercise's reference module; None in a course without solutions."""
        if exercise.name not in self._modules:
            self._modules[exercise.name] = load_reference(self.course, exercise)
        return self._modules[exercise.name]

    def remembered(self, exercise: Exercise) -> Remembered:
        """Return the reference as checks see it.

        Raises
        ------
        CourseError
            The course has come without its solutions.
        """
        module = self.module(exercise)
        if module is None:
            raise CourseError(
                _(
                    "a check of {exercise} needs the reference, which is not available",
                    exercise=exercise.name,
                ),
                _("a visible check that is handed out cannot use the reference fixture"),
            )
        return self._remembered.setdefault(exercise.name, Remembered(module))

    def values(self, exercise: Exercise) -> Mapping[str, Any]:
        """Return the values at the top level that submissions may be asked for, by name.

        They are the reference's; without one the stub's, which are Ellipsis.
        """
        if exercise.name not in self._values:
            module = self.module(exercise)
            self._values[exercise.name] = (
                _values_of_stub(self.course.stub(exercise))
                if module is None
                else {
                    name: value
                    for name, value in vars(module).items()
                    if not name.startswith("_")
                    and not callable(value)
                    and not isinstance(value, ModuleType)
                }
            )
        return self._values[exercise.name]

    def parameters(self, exercise: Exercise, function: str) -> tuple[str, ...]:
        """Return the names of a reference function's parameters; none for one it lacks."""
        key = exercise.name, function
        if key not in self._parameters:
            target = getattr(self.module(exercise), function, None)
            self._parameters[key] = _parameters_of(target) if callable(target) else ()
        return self._parameters[key]


def _parameters_of(target: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(target).parameters)
    except (ValueError, TypeError):  # what is written in C, as an exception's class, has none
        return ()


def _values_of_stub(path: Path) -> dict[str, Any]:
    """Return the names that a stub assigns to and does not define as functions, with Ellipsis."""
    if not path.is_file():
        return {}
    body = ast.parse(path.read_bytes()).body
    defined = {each.name for each in body if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    return {
        node.id: ...
        for each in body
        if isinstance(each, ast.Assign | ast.AnnAssign)
        for node in ast.walk(each)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        if node.id not in defined
    }


@dataclass(slots=True)
class _Said:
    """What the reference has printed last, under whichever conditions."""

    text: str = ""


class Remembered:
    """The reference as checks see it, which need not compute again what it has computed.

    Every submission of a class is asked the same questions, so the reference is too. What is not
    a function, and calls with other arguments than texts, numbers and small arrays of them, go to
    the module itself, as do functions that change their arguments.
    """

    def __init__(
        self,
        module: ModuleType,
        conditions: Mapping[str, Any] | None = None,
        said: _Said | None = None,
    ) -> None:
        self._module = module
        self._conditions = dict(conditions or {})
        self._said = said or _Said()
        self._run: dict[Hashable, tuple[Remembered, str]] = {}

    @property
    def printed(self) -> str:
        """What the last call of a function has printed, or running it anew."""
        return self._said.text

    def after(self, cell: str) -> Remembered:
        """Return the reference as it was after the cell that begins with `# %%` and a name.

        Raises
        ------
        CourseError
            It has no such cell.
        """
        line = named_cells(source_of(self._module)).get(cell)
        if line is None:
            raise CourseError(
                _("the reference has no cell `{cell}`", cell=cell),
                _("begin the cell with a line `# %% {cell}`", cell=cell),
            )
        return self._again(("after", cell), self._module.__name__, line)

    def rerun(self, answers: Iterable[object] = ()) -> Remembered:
        """Run the reference anew, as a program that somebody answers, and return it after that."""
        given = tuple(map(str, answers))
        return self._again(("run", given), "__main__", 0, given)

    def answering(self, answers: Iterable[object]) -> Remembered:
        """Return the reference with somebody at the keyboard, who answers `input()` from a list."""
        return self._under(answers=tuple(map(str, answers)))

    def replaced(self, **names: Any) -> Remembered:
        """Return the reference with other values, or functions, for names of its module."""
        return self._under(names={**self._conditions.get("names", {}), **names})

    def without(self, *names: str) -> Remembered:
        """Return the reference without names of its module, or without packages."""
        return self._under(hidden=(*self._conditions.get("hidden", ()), *names))

    def _under(self, **conditions: Any) -> Remembered:
        return Remembered(self._module, {**self._conditions, **conditions}, self._said)

    def _again(
        self, key: Hashable, name: str, last_line: int, answers: tuple[str, ...] = ()
    ) -> Remembered:
        """Return the reference as it is once it has been run under a name, up to a line."""
        if key not in self._run:
            with contextlib.redirect_stdout(io.StringIO()) as printed, answering(answers):
                module = run_anew(self._module, name, last_line)
            again = Remembered(module, self._conditions, self._said)
            self._run[key] = again, printed.getvalue()
        again, self._said.text = self._run[key]
        return again

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._module, name)
        if inspect.isfunction(value):
            value = self._remember(value)
        setattr(self, name, value)
        return value

    def _remember(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with a memory for what it has returned, and printed."""
        known: dict[Any, tuple[Any, str]] = {}

        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            key = _key(arguments, named)
            if key is None:
                return self._call(function, arguments, named)
            if key not in known:
                value = self._call(function, arguments, named)
                if not _may_be_kept(value) or _key(arguments, named) != key:
                    return value
                if len(known) >= _MAX_REMEMBERED:
                    known.clear()
                known[key] = value, self.printed
            value, self._said.text = known[key]
            return values.copied(value)

        return call

    def _call(
        self, function: Callable[..., Any], arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> Any:
        with (
            contextlib.redirect_stdout(io.StringIO()) as printed,
            holding(vars(self._module), self._conditions),
        ):
            value = function(*arguments, **named)
        self._said.text = printed.getvalue()
        return value


def _key(arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Hashable | None:
    """Return what is equal for equal arguments only; None where that cannot be told."""
    every = (*arguments, *named.values())
    found = values.fingerprint(every) if values.size(every) <= _MAX_BYTES else None
    return None if found is None else (found, *named)


def _may_be_kept(value: Any) -> bool:
    """Return whether a copy of a value is as good as the value itself."""
    return values.size(value) <= _MAX_BYTES and values.fingerprint(value) is not None
