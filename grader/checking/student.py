"""The `student` of a check: attribute access gives a function of the submission."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from grader.wall.replies import undefined
from grader.wall.worker import Worker


class Student:
    """Calls the submission's functions in its worker.

    `student.forward(x, ...)` returns the decoded value. A call that gives none raises an
    exception which the grader turns into the check's outcome; a check lets it pass.

    Attributes
    ----------
    changed_arguments : tuple of str
        Names of the arguments that the last call changed in place.
    warnings : tuple of str
        Texts of the warnings that the last call raised.
    """

    def __init__(self, worker: Worker, parameters: Callable[[str], tuple[str, ...]]) -> None:
        self._worker = worker
        self._parameters = parameters
        self.changed_arguments: tuple[str, ...] = ()
        self.warnings: tuple[str, ...] = ()
        self._calls: dict[str, tuple[Any, ...]] = {}

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("__"):
            raise AttributeError(function)

        def call(*arguments: Any) -> Any:
            return self._call(function, arguments)

        return call

    def defines(self, function: str) -> bool:
        """Return whether the submission defines this function."""
        return function in self._worker.load().functions

    def _call(self, function: str, arguments: tuple[Any, ...]) -> Any:
        loaded = self._worker.load()
        names = self._parameters(function)
        self.changed_arguments = ()
        self.warnings = ()
        self._calls[function] = arguments
        if function not in loaded.functions:
            raise undefined(function, loaded, self._worker.source.title)
        reply = self._worker.call(function, arguments, names)
        self.changed_arguments = tuple(
            names[index] if index < len(names) else f"argument {index + 1}"
            for index in reply.changed
        )
        self.warnings = reply.warnings
        return reply.value


def last_call(student: Student, function: str) -> str:
    """Return the function's last call with its arguments' values, for checks students may see."""
    if function not in student._calls:
        return ""
    return _shown(function, student._parameters(function), student._calls[function])


def _shown(function: str, names: tuple[str, ...], arguments: tuple[Any, ...]) -> str:
    parts = []
    for index, argument in enumerate(arguments):
        value = "a function" if callable(argument) else _value(argument)
        parts.append(f"{names[index]}={value}" if index < len(names) else value)
    return f"{function}({', '.join(parts)})"


def _value(argument: Any) -> str:
    if isinstance(argument, np.ndarray):
        text = np.array2string(argument, precision=6, separator=", ", threshold=12)
        return " ".join(text.split())
    text = repr(argument)
    return text if len(text) <= 200 else f"{text[:200]}..."
