"""Drawing what a submission does: the course draws, the grader hands it the student's functions."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from grader.checking.student.student_proxy import StudentProxy
from grader.course import Course, Exercise
from grader.course.files import replacing
from grader.course.shared import importing_shared
from grader.errors import CourseError, UsageError
from grader.language import enumerated
from grader.language import gettext_lazy as _
from grader.sandbox.failures import CallFailure

if TYPE_CHECKING:
    from types import ModuleType

    from matplotlib.figure import Figure

Shapes = tuple[tuple[int, ...], ...]


class Answers:
    """A student's functions for drawing: finite arrays of the shapes asked for, or None."""

    def __init__(self, student: StudentProxy) -> None:
        self._student = student
        self._failed: set[str] = set()

    def ask(
        self, function: str, arguments: tuple[Any, ...], shapes: Shapes
    ) -> tuple[NDArray[np.float64], ...] | None:
        """Call a function; None where it fails, or returns other than arrays of `shapes`.

        A function that has once failed by an exception or a time limit is not called again.
        """
        if function in self._failed:
            return None
        try:
            value = getattr(self._student, function)(*arguments)
        except CallFailure:
            self._failed.add(function)
            return None
        if not isinstance(value, (list, tuple, np.ndarray)) or len(value) != len(shapes):
            return None
        try:
            arrays = tuple(np.asarray(part, dtype=np.float64) for part in value)
        except (TypeError, ValueError):
            return None
        right = all(
            array.shape == shape and np.isfinite(array).all()
            for array, shape in zip(arrays, shapes, strict=True)
        )
        return arrays if right else None


def figure_file(course: Course, exercise: Exercise) -> Path:
    """Return where the course keeps what draws an exercise.

    Raises
    ------
    UsageError
        The course draws nothing for this exercise.
    """
    path = course.figure(exercise)
    if not path.is_file():
        drawn = [other.name for other in course.exercises if course.figure(other).is_file()]
        raise UsageError(
            _(
                "the course {course} draws no figure for {exercise}",
                course=course.name,
                exercise=exercise.name,
            ),
            _("it draws: {names}", names=enumerated(drawn)) if drawn else _("leave out --figure"),
        )
    return path


def draw(path: Path, student: StudentProxy, reference: ModuleType | None) -> Figure:
    """Return the figure that the course's file at `path` draws.

    Raises
    ------
    CourseError
        The file cannot be run, or fails.
    """
    from matplotlib.figure import Figure

    figure = Figure(layout="constrained")
    try:
        _module(path).draw(figure, Answers(student), reference)
    except (Exception, CallFailure) as error:
        raise CourseError(
            _(
                "{file} cannot draw: {reason}",
                file=path.name,
                reason=f"{type(error).__name__}: {error}",
            ),
            _("fix {path}", path=path),
        ) from error
    return figure


def course_drawing(course: Course) -> tuple[Path, Callable[..., Any] | None]:
    """Return the course's file `solutions/drawing.py`, and what in it draws wrong entries.

    Raises
    ------
    CourseError
        The file cannot be run.
    """
    path = course.folder / "solutions" / "drawing.py"
    if not path.is_file():
        return path, None
    try:
        return path, getattr(_module(path), "draw_wrong", None)
    except Exception as error:
        raise CourseError(
            _(
                "{file} cannot be run: {reason}",
                file=path.name,
                reason=f"{type(error).__name__}: {error}",
            ),
            _("fix {path}", path=path),
        ) from error


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"bpgrade_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    with importing_shared(path.parent):
        spec.loader.exec_module(module)
    return module


def save(figure: Figure, path: Path) -> None:
    """Write a figure whole: PNG, SVG or PDF by the file's ending.

    Raises
    ------
    UsageError
        The file cannot be written, or its ending is of another kind.
    """
    kind = path.suffix.lower().lstrip(".")
    if kind not in ("png", "svg", "pdf"):
        raise UsageError(
            _("{path} is not an image file", path=path),
            _("use a name that ends in .png, .svg or .pdf"),
        )
    try:
        with replacing(path) as new:
            figure.savefig(new, format=kind, dpi=150)
    except OSError as error:
        raise UsageError(
            _("{path} cannot be written: {reason}", path=path, reason=error.strerror),
            _("choose a file in a folder you can write to"),
        ) from None
