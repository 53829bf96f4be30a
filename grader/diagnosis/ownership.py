"""Whose mistake it is: a function may be right for what the student's other functions return."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Final

from grader.authoring import Consistent
from grader.comparison import values
from grader.comparison.values import agree
from grader.diagnosis.dictionary_builder import narrow_tables, run_program
from grader.diagnosis.fault_dictionary import FaultDictionary, Rows
from grader.diagnosis.program_factory import Maker, Workshop
from grader.quick_dataclass import dataclass
from grader.sandbox.failures import CallFailure
from grader.sandbox.submission_session import SubmissionSession

_LONGEST_SECONDS: Final = 1.0


class NoValueError(Exception):
    """A student's function, in the place of the reference's, gave no value."""


class OwnFunctions:
    """A submission's functions, each call made once for the same arguments."""

    def __init__(self, session: SubmissionSession) -> None:
        self._session = session
        self._answers: dict[tuple[str, Hashable], Any] = {}
        self._spent = 0.0

    def __getattr__(self, function: str) -> Callable[..., Any]:
        if function.startswith("__"):
            raise AttributeError(function)

        def call(*arguments: Any) -> Any:
            return self.call(function, arguments)

        return call

    def call(self, function: str, arguments: tuple[Any, ...]) -> Any:
        """Return what the student's function returns; arrays as they came."""
        if not self.in_time:
            raise TimeoutError
        given = values.fingerprint(arguments)
        key = function, given
        if given is None or key not in self._answers:
            start = time.monotonic()
            try:
                value = self._session.call(function, arguments).value
            except CallFailure as failure:
                raise NoValueError from failure
            finally:
                self._spent += time.monotonic() - start
            self._answers[key] = _with_arrays(value)
        return self._answers[key]

    @property
    def in_time(self) -> bool:
        """Whether calls are still made: the student's functions may have only so much time."""
        return self._spent <= _LONGEST_SECONDS

    def maker(self, function: str) -> Maker:
        """Return how to put the student's function in the reference's place."""
        return lambda _names: lambda *arguments: self.call(function, arguments)


def _with_arrays(value: Any) -> Any:
    """Return a value whose lists of numbers are arrays, as the reference's functions return."""
    if isinstance(value, tuple):
        return tuple(_with_arrays(item) for item in value)
    if isinstance(value, list):
        array = values.as_array(value)
        if array is None:  # arrays of several shapes
            return [_with_arrays(item) for item in value]
        return array if array.dtype.kind in "biuf" else value
    return value


@dataclass(frozen=True, slots=True)
class Own:
    """What a function should show that calls the student's own other functions.

    Attributes
    ----------
    blames : str
        The function whose mistake it is; empty where the function is wrong by itself as well.
    tables : iterable of FaultDictionary
        Its wrong programs with these functions, made one after another.
    """

    blames: str
    tables: Iterable[FaultDictionary] = ()


def own_view(
    workshop: Workshop,
    function: str,
    table: FaultDictionary,
    seen: Rows,
    session: SubmissionSession,
    wrong: list[str],
) -> Own | None:
    """Return what `function` shows that is due to the student's functions in `wrong`.

    None where the student's functions cannot stand in for the reference's.
    """
    own = OwnFunctions(session)
    for hook in workshop.book.consistent.get(function, ()):
        if hook.blames in wrong and _holds(hook, own, table):
            return Own(hook.blames)
    makers = {name: own.maker(name) for name in wrong}
    try:
        right = run_program(workshop.program(function, makers), table.inputs, table.layout)
    except (NoValueError, TimeoutError, ValueError, TypeError, IndexError, ArithmeticError):
        return None
    if right is None:
        return None
    if agree(seen, right)[:, :-1].all():
        return Own(wrong[0])
    found = narrow_tables(workshop, function, makers, table, right, seen, lambda: own.in_time)
    return Own("", found)


def _holds(hook: Consistent, own: OwnFunctions, table: FaultDictionary) -> bool:
    from grader.checking.finite_difference import finite_difference

    try:
        return all(bool(hook.holds(own, each, finite_difference)) for each in table.inputs)
    except Exception:  # what a student returns may be anything: then it is not consistent
        return False
