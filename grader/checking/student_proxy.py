"""The `student` of a check: attribute access gives a function of the submission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from grader.checking import values
from grader.checking.table_words import table_in_words
from grader.result import Outcome
from grader.sandbox.child.tables import described
from grader.sandbox.failures import CallFailure
from grader.sandbox.replies import Loaded, Reply, SubmissionSource, undefined, unset, with_cause

_LONGEST: Final = 200

Answer = tuple[tuple[Any, ...], Any]
"""The arguments of a call, and what it returns."""


class Submission(Protocol):
    """What answers the calls of a check: a session in the sandbox, a pipeline, the reference."""

    @property
    def source(self) -> SubmissionSource:
        """What is graded."""

    def load(self) -> Loaded:
        """Return what it defines; raises CallFailure where it cannot be loaded."""

    def defines(self, function: str) -> bool:
        """Return whether it defines a function."""

    def value(self, name: str) -> Any:
        """Return the value of a name at its top level; raises CallFailure without one."""

    def call(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),
        others: Mapping[str, Callable[..., Any]] | None = None,
        named: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Call a function; raises CallFailure where that gives no value."""


@dataclass(frozen=True, slots=True)
class AnsweredCall:
    """A call that a check has made, and what it returned.

    Without `arguments` it was the value of a name that was asked for.
    """

    function: str
    arguments: tuple[Any, ...] | None
    value: Any
    named: Mapping[str, Any] = field(default_factory=dict)

    def told(self) -> str:
        """Return it in words, as in `mean([1.0, 2.0]) returned 1.5`, or `answer is 42`."""
        if self.arguments is None:
            return f"{self.function} is {shown_value(self.value)}"
        call = _shown(self.function, (), self.arguments, self.named)
        return f"{call} returned {shown_value(self.value)}"


class StudentProxy:
    """Calls the submission's functions in the sandbox, and asks for its values.

    `student.forward(x, ...)` returns the decoded value. `student.answer` is the value that the
    submission sets at the top level, where the reference sets one too. What gives no value raises
    an exception which the grader turns into the check's outcome; a check lets it pass.

    Attributes
    ----------
    changed_arguments : tuple of str
        Names of the arguments that the last call changed in place.
    warnings : tuple of str
        Texts of the warnings that the last call raised.
    """

    def __init__(
        self,
        submission: Submission,
        parameters: Callable[[str], tuple[str, ...]],
        known: dict[str, _Known] | None = None,
        values: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        self._submission = submission
        self._parameters = parameters
        self._known = known
        self._values = values
        self.changed_arguments: tuple[str, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self._calls: dict[str, tuple[tuple[Any, ...], Mapping[str, Any]]] = {}
        self._answered: list[AnsweredCall] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        known = self._values()
        return self._value(name, known[name]) if name in known else _Function(self, name)

    def given(self, **answers: Sequence[Answer]) -> StudentProxy:
        """Return the student with right answers to the calls that their functions make.

        A check uses it to see whether a function is right apart from those that it calls. Only
        calls with just these arguments are answered so; any other goes to the student's own
        function, as does every call that a check makes.

        Parameters
        ----------
        **answers : sequence of (arguments, value)
            For each function's name the calls that are known: a tuple of the arguments, and what
            is returned. Nothing of them reaches a submission that does not ask with them.

        Examples
        --------
        `student.given(area=[((2.0, 3.0), 6.0)]).volume(2.0, 3.0, 4.0)`
        """
        known = {name: _Known(tuple(calls)) for name, calls in answers.items()}
        other = StudentProxy(self._submission, self._parameters, known, self._values)
        other._calls = self._calls
        other._answered = self._answered
        return other

    def defines(self, function: str) -> bool:
        """Return whether the submission defines this function."""
        return self._submission.defines(function)

    def _value(self, name: str, right: Any) -> Any:
        """Return the submission's value of a name; the reference's is `right`."""
        loaded = self._submission.load()
        try:
            value = self._submission.value(name)
        except CallFailure as failure:
            raise (
                unset(name, loaded, self._submission.source.title) if failure.absent else failure
            ) from None
        if value is None and right is not None:
            raise CallFailure(Outcome.NOT_IMPLEMENTED, f"`{name}` is None: it is not written yet.")
        self._answered.append(AnsweredCall(name, None, value))
        return value

    def _call(self, function: str, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
        loaded = self._submission.load()
        names = self._parameters(function)
        self.changed_arguments = ()
        self.warnings = ()
        self._calls[function] = arguments, named
        if function not in loaded.functions:
            defined = {each.name for each in loaded.definitions}
            taken = {name for name in defined if self._parameters(name)}
            raise undefined(function, loaded, self._submission.source.title, taken)
        try:
            reply = self._submission.call(function, arguments, names, self._known, named)
        except CallFailure as failure:
            raise with_cause(failure, loaded) from None
        every = (*_names_of(arguments, names), *named)
        self.changed_arguments = tuple(every[index] for index in reply.changed)
        self.warnings = reply.warnings
        self._answered.append(AnsweredCall(function, arguments, reply.value, named))
        return reply.value


class _Function:
    """A function of the submission; it can be called, and nothing else."""

    def __init__(self, student: StudentProxy, name: str) -> None:
        self._student = student
        self._name = name

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call it in the sandbox and return its value."""
        return self._student._call(self._name, arguments, named)

    def _is_no_value(self, *_other: Any) -> Any:
        raise TypeError(
            f"student.{self._name} is a function to be called;"
            " for a value of the submission's, set one of this name in the reference"
        )

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _is_no_value
    __bool__ = __len__ = __iter__ = __getitem__ = __array__ = _is_no_value
    __hash__ = object.__hash__


@dataclass(frozen=True, slots=True)
class _Known:
    """Answers calls that are known, and no others."""

    answers: tuple[Answer, ...]

    def __call__(self, *arguments: Any) -> Any:
        """Return what a call returns; None where it is not known."""
        for known, value in self.answers:
            if len(arguments) == len(known) and all(map(values.same, arguments, known)):
                return value
        return None


def answered_calls(student: StudentProxy) -> Sequence[AnsweredCall]:
    """Return the calls that were answered with a value, in their order."""
    return student._answered


def last_call(student: StudentProxy, function: str) -> str:
    """Return the function's last call with its arguments' values, for checks students may see."""
    if function not in student._calls:
        return ""
    return _shown(function, student._parameters(function), *student._calls[function])


def _names_of(arguments: tuple[Any, ...], names: tuple[str, ...]) -> list[str]:
    """Return what the arguments of a call are called, in their order."""
    further = range(len(names), len(arguments))
    return [*names[: len(arguments)], *(f"argument {place + 1}" for place in further)]


def _shown(
    function: str, names: tuple[str, ...], arguments: tuple[Any, ...], named: Mapping[str, Any]
) -> str:
    parts = []
    for index, argument in enumerate(arguments):
        value = _shown_argument(argument)
        parts.append(f"{names[index]}={value}" if index < len(names) else value)
    parts += [f"{name}={_shown_argument(argument)}" for name, argument in named.items()]
    return f"{function}({', '.join(parts)})"


def _shown_argument(argument: Any) -> str:
    return "a function" if callable(argument) else shown_value(argument)


def shown_value(value: Any) -> str:
    """Return a value as Python would write it, in a line, cut."""
    table = described(value)
    if table is not None:
        return table_in_words(table, _LONGEST)
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=6, separator=", ", threshold=12)
        text = " ".join(text.split())
    else:
        text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
