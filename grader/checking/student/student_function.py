"""A function of a submission's, as a check has it: `student.forward`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.checking.student.student_object import StudentObject

if TYPE_CHECKING:
    from grader.checking.student.student_proxy import StudentProxy


class StudentFunction:
    """A function of the submission; it can be called, and nothing else."""

    def __init__(self, student: StudentProxy, name: str) -> None:
        self._student = student
        self._name = name

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it in the sandbox and return its value."""
        return self._student._call(self._name, arguments, named)

    def __getattr__(self, name: str) -> Any:
        """Return what a class, or a function, of the submission has by this name."""
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return getattr(self._student._held(self._name), name)

    def __instancecheck__(self, thing: Any) -> bool:
        """Return whether something is an object of the submission's class."""
        return isinstance(thing, StudentObject) and isinstance(
            thing, self._student._held(self._name)
        )

    def _is_no_value(self, *_other: Any) -> Any:
        raise TypeError(
            f"student.{self._name} is a function to be called;"
            " for a value of the submission's, set one of this name in the reference"
        )

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _is_no_value
    __bool__ = __len__ = __iter__ = __getitem__ = __array__ = _is_no_value
    __hash__ = object.__hash__
