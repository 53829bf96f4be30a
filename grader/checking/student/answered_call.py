"""What a check has asked of a submission, and what it was answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from grader.checking.student.shown import IS, RETURNED, Asked, shown_call, shown_value
from grader.checking.student.student_object import StudentObject
from grader.language import enumerated
from grader.language import gettext_lazy as _

_PRINTED: Final = {
    "printed": (_("It printed nothing"), _("It printed {text}")),
    "printed_while_loading": (
        _("While it was loaded, your code printed nothing"),
        _("While it was loaded, your code printed {text}"),
    ),
}
_GAVE: Final = _("{asked} gave {items} one after another")
_GAVE_NONE: Final = _("{asked} gave no item")


class AnsweredCall(NamedTuple):
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
        Returns what was asked of an object, as in `Stack([1]).pop()`, and how the answer is told.
    target : StudentObject or None
        The object that it was asked of.
    items : sequence or None
        Where a next item was asked for, the first of those that there have been.
    """

    function: str
    arguments: tuple[Any, ...] | None
    value: Any
    named: Mapping[str, Any] = MappingProxyType({})
    by: str = ""
    question: Callable[[], Asked] | None = None
    target: StudentObject | None = None
    items: Sequence[Any] | None = None

    def told(self) -> str:
        """Return it in words, as in `mean([1.0, 2.0]) returned 1.5`, or `answer is 42`."""
        if self.function in _PRINTED and self.question is None:
            nothing, something = _PRINTED[self.function]
            return something.format(text=shown_value(self.value)) if self.value else nothing
        if self.items is not None and self.target is not None:
            shown = enumerated(list(map(shown_value, self.items)))
            text = _GAVE if self.items else _GAVE_NONE
            return text.format(asked=self.target._bpgrade.short(), items=shown)
        asked, told = self._asked() if self.question is None else self.question()
        return told.format(asked=asked, answer=shown_value(self.value))

    def _asked(self) -> Asked:
        if self.arguments is None:
            return self.function, IS
        return shown_call(self.function, (), self.arguments, self.named), RETURNED
