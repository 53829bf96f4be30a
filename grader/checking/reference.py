"""Loading an exercise's reference solution into the trusted process."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

from grader.course import Course, Exercise
from grader.errors import CourseError


def load_reference(course: Course, exercise: Exercise) -> ModuleType | None:
    """Return the module solutions/NAME.py; None where the course came without solutions.

    Raises
    ------
    CourseError
        The file cannot be run, or lacks one of the exercise's functions.
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
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise CourseError(
            f"{path.name}, the reference, cannot be run: {type(error).__name__}: {error}",
            f"mend {path}",
        ) from error
    for function in exercise.functions:
        if not callable(getattr(module, function, None)):
            raise CourseError(
                f"{path.name}, the reference, defines no function {function}",
                "define it, or take it out of course.toml",
            )
    return module
