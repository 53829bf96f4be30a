"""A function of a submission's, as a check has it: `student.forward`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from grader.checking.student.kept_there import asked_by_check, no_answer_here
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
            raise AttributeError(f"student.{self._name} has no {name} here")
        return getattr(self._student._held(self._name), name)

    @property
    def __class__(self) -> type:
        """Tell its class here, and a check's code that this is not the class it is after."""
        if place := asked_by_check(self._student._objects.folder):
            raise no_answer_here(place, self._name)
        return StudentFunction

    @__class__.setter
    def __class__(self, _kind: type) -> NoReturn:
        raise TypeError("the class of a function of the submission's cannot be set")

    def __subclasscheck__(self, kind: Any) -> bool:
        """Return whether a class of the submission's builds on this one."""
        if type(kind) is not StudentFunction and type(kind) is not StudentObject:
            return False
        own = self._student._held(self._name)
        other = self._student._held(kind._name) if type(kind) is StudentFunction else kind
        return bool(own._subclasses(other))

    def __repr__(self) -> str:
        return self._name

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


# where a check asks for a docstring it is after the student's
StudentFunction.__doc__ = property(  # type: ignore[assignment]
    lambda self: self._student._held(self._name).__doc__
)
