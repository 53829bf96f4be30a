"""What a check has asked of a submission, and what it was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from grader.checking.student.shown import shown_call, shown_value
from grader.checking.student.student_object import StudentObject

_PRINTED: Final = {
    "printed": "It printed",
    "printed_while_loading": "While it was loaded, your code printed",
}


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """Something that a check has asked for, and what it was answered.

    Attributes
    ----------
    function : str
        What was called: a function, a method as `Stack.pop`; the name of a value.
    arguments : tuple or None
        None where it was a value that was asked for.
    value : object
        The answer.
    named : mapping
        The arguments that were passed by name.
    by : str
        The call as failures tell of it.
    question : callable or None
        Returns what was asked of an object, as in `Stack([1]).pop() returned`.
    target : StudentObject or None
        The object that it was asked of.
    """

    function: str
    arguments: tuple[Any, ...] | None
    value: Any
    named: Mapping[str, Any] = field(default_factory=dict)
    by: str = ""
    question: Callable[[], str] | None = None
    target: StudentObject | None = None

    def told(self) -> str:
        """Return it in words, as in `mean([1.0, 2.0]) returned 1.5`, or `answer is 42`."""
        if self.question is not None:
            return f"{self.question()} {shown_value(self.value)}"
        if self.function in _PRINTED:
            shown = shown_value(self.value) if self.value else "nothing"
            return f"{_PRINTED[self.function]} {shown}"
        if self.arguments is None:
            return f"{self.function} is {shown_value(self.value)}"
        call = shown_call(self.function, (), self.arguments, self.named)
        return f"{call} returned {shown_value(self.value)}"
