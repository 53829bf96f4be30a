"""The reference in the student's place: does a check that broke break there as well?

A check may break on what a student's function returned: it adds a number to None, or takes the
third of two values. Whether that is the check's fault is tried out: with the reference in the
student's place, a check that is in order passes.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import numpy as np

from grader.checking import values
from grader.checking.student_proxy import StudentProxy, answered_calls
from grader.checking.value_kinds import Kind, kind_of
from grader.result import Outcome
from grader.sandbox.child.codec import ForbiddenValueError, decode, encode
from grader.sandbox.child.replacing import replaced
from grader.sandbox.exchange import Callbacks
from grader.sandbox.failures import CallFailure
from grader.sandbox.replies import CodeBlock, Loaded, Reply, SubmissionSource

_MOST_BYTES: Final = 1 << 28
_MOST_CALLS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Trial:
    """How a check went with the reference in the student's place.

    Attributes
    ----------
    passed : bool
        Whether it passed.
    answers : tuple of (str, Kind)
        The functions that it called, and what kinds of values they returned.
    """

    passed: bool
    answers: tuple[tuple[str, Kind], ...] = ()


def trial_of(error: BaseException | None, student: StudentProxy) -> Trial:
    """Return the trial of a check that has ended so."""
    calls = answered_calls(student)[:_MOST_CALLS]
    return Trial(error is None, tuple((call.function, kind_of(call.value)) for call in calls))


class ReferenceInPlace:
    """Answers a check's calls from the reference module, as a submission's process would."""

    def __init__(self, module: ModuleType, title: str) -> None:
        self._module = module
        self.source = SubmissionSource((CodeBlock(title, ""),))

    def load(self) -> Loaded:
        """Return what the reference defines."""
        names = [name for name, value in vars(self._module).items() if callable(value)]
        return Loaded(frozenset(names), (), ())

    def defines(self, function: str) -> bool:
        """Return whether the reference defines a function."""
        return callable(getattr(self._module, function, None))

    def value(self, name: str) -> Any:
        """Return the reference's value of a name; raises CallFailure where it is none."""
        try:
            return _crossed(vars(self._module)[name])
        except (ForbiddenValueError, KeyError) as error:
            text = f"`{name}` is no value that may be asked for: {error}"
            raise CallFailure(Outcome.FORBIDDEN_VALUE, text) from None

    def call(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),  # noqa: ARG002 - as a submission's process takes it
        others: Mapping[str, Callable[..., Any]] | None = None,
        named: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Call a function on copies of the arguments; raises CallFailure where it raises."""
        passed, by_name = _crossed([list(arguments), dict(named or {})])
        every = [*passed, *by_name.values()]
        before = list(map(values.fingerprint, every))
        with contextlib.ExitStack() as stack:
            caught = stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
            stack.enter_context(np.errstate(all="warn", under="ignore"))
            stack.enter_context(replaced(vars(self._module), others or {}))
            try:
                value = _crossed(vars(self._module)[function](*passed, **by_name))
            except ForbiddenValueError as error:
                text = f"{function} returned {error}."
                raise CallFailure(Outcome.FORBIDDEN_VALUE, text) from None
            except Exception as error:
                text = f"{function} raised {type(error).__name__}: {error}"
                raise CallFailure(Outcome.ERROR, text) from None
        changed = [
            index
            for index, argument in enumerate(every)
            if values.fingerprint(argument) != before[index]
        ]
        texts = [f"{warning.category.__name__}: {warning.message}" for warning in caught]
        return Reply(value, tuple(changed), tuple(texts))


def _crossed(value: Any) -> Any:
    """Return a value as it would be in the sandbox."""
    callbacks = Callbacks(_MOST_BYTES)
    data = encode(value, max_bytes=_MOST_BYTES, handle_of=callbacks.number_of)
    return decode(data, callback=callbacks.functions.__getitem__)
