"""The reference in the student's place: does a check that broke break there as well?

A check may break on what a student's function returned: it adds a number to None, or takes the
third of two values. Whether that is the check's fault is tried out: with the reference in the
student's place, a check that is in order passes.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np

from grader.checking.reference import FIGURES, run_anew, source_of
from grader.checking.student.asked_objects import Places, places_of
from grader.checking.student.student_proxy import StudentProxy, answered_calls
from grader.checking.value_kinds import Kind, kind_of
from grader.comparison import values
from grader.quick_dataclass import dataclass
from grader.result import Outcome
from grader.sandbox.child import written_files
from grader.sandbox.child.codec import (
    AsObject,
    ForbiddenValueError,
    decode,
    decode_with_objects,
    encode,
)
from grader.sandbox.child.conditions import holding
from grader.sandbox.child.console import answering
from grader.sandbox.child.objects import ObjectStore, is_made_by
from grader.sandbox.child.operations import OPERATIONS
from grader.sandbox.child.replacing import replaced
from grader.sandbox.child.student_errors import describe
from grader.sandbox.exchange import Callbacks
from grader.sandbox.failures import CallFailure, described
from grader.sandbox.replies import CodeBlock, Loaded, Reply, SubmissionSource
from grader.sandbox.requests import Conditions, Objects

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
    objects : tuple of (str, Places)
        The same, with where in what they returned objects were.
    """

    passed: bool
    answers: tuple[tuple[str, Kind], ...] = ()
    objects: tuple[tuple[str, Places], ...] = ()


def trial_of(error: BaseException | None, student: StudentProxy) -> Trial:
    """Return the trial of a check that has ended so."""
    calls = answered_calls(student)
    return Trial(
        error is None,
        tuple((call.function, kind_of(call.value)) for call in calls[:_MOST_CALLS]),
        tuple((call.function, places_of(call.value)) for call in calls),
    )


class ReferenceInPlace:
    """Answers a check's calls from the reference module, as a submission's process would."""

    def __init__(self, module: ModuleType, title: str) -> None:
        self._module = module
        self._earlier: dict[str, ModuleType] = {}
        self._objects = ObjectStore()
        self._printed = ""
        self.source = SubmissionSource((CodeBlock(title, source_of(module)),))

    def load(self) -> Loaded:
        """Return what the reference defines."""
        names = [name for name, value in vars(self._module).items() if callable(value)]
        return Loaded(frozenset(names), (), ())

    def defines(self, function: str) -> bool:
        """Return whether the reference defines a function."""
        return callable(getattr(self._module, function, None))

    def value(self, name: str, known: int, conditions: Conditions) -> Reply:
        """Return the reference's value of a name; raises CallFailure where it is none."""
        self._objects.begin(known)
        try:
            value, known = self._answered(self._names(conditions)[name], known)
        except (ForbiddenValueError, KeyError) as error:
            text = f"`{name}` is no value that may be asked for: {error}"
            raise CallFailure(Outcome.FORBIDDEN_VALUE, text) from None
        return Reply(value, (), (), known)

    def run(self, answers: Sequence[str], text: str) -> None:
        """Run the reference anew as a program; raises CallFailure for what it raises."""
        with contextlib.redirect_stdout(io.StringIO()) as printed, answering(answers):
            try:
                self._earlier[_key(answers)] = run_anew(self._module, "__main__")
            except Exception as error:
                raise described(text, describe(error, frozenset()), 0) from None
        self._printed = printed.getvalue()

    def _names(self, conditions: Conditions) -> dict[str, Any]:
        """Return what the module has as of the time that conditions say."""
        if "run" in conditions:
            return vars(self._earlier[_key(conditions["run"])])
        cell = conditions.get("after")
        if cell is None:
            return vars(self._module)
        if cell not in self._earlier:
            with contextlib.redirect_stdout(io.StringIO()):
                end = (self.source.end_of(cell) or (0, 0))[1]
                self._earlier[cell] = run_anew(self._module, self._module.__name__, end)
        return vars(self._earlier[cell])

    def call(
        self,
        function: str,
        arguments: Sequence[Any],
        names: tuple[str, ...] = (),  # noqa: ARG002 - as a submission's process takes it
        others: Mapping[str, Callable[..., Any]] | None = None,
        named: Mapping[str, Any] | None = None,
        objects: Objects | None = None,
    ) -> Reply:
        """Call a function on copies of the arguments; raises CallFailure where it raises."""
        asked = objects or Objects(0, [])
        passed, by_name = self._passed([list(arguments), dict(named or {})])
        self._objects.begin(asked.known)
        every = [*passed, *by_name.values()]
        before = list(map(values.fingerprint, every))
        module = self._names(asked.conditions)
        target = OPERATIONS[asked.operation] if asked.operation else module[function]
        conditions = {**asked.conditions}
        if "names" in conditions:
            conditions["names"] = self._passed(conditions["names"])
        with contextlib.ExitStack() as stack:
            caught = stack.enter_context(warnings.catch_warnings(record=True))
            warnings.simplefilter("always")
            stack.enter_context(np.errstate(all="warn", under="ignore"))
            stack.enter_context(replaced(module, others or {}))
            printed = stack.enter_context(contextlib.redirect_stdout(io.StringIO()))
            stack.callback(lambda: setattr(self, "_printed", printed.getvalue()))
            stack.enter_context(holding(module, {"answers": (), **conditions}))
            try:
                made = target(*passed, **by_name)
                if asked.operation in (".figures", ".facts") and passed[0] is None:
                    made = module[FIGURES]
                if is_made_by(passed[0] if asked.operation == ".call" else target, made):
                    made = AsObject(made)
                value, known = self._answered(made, asked.known)
            except ForbiddenValueError as error:
                text = f"{function} returned {error}."
                raise CallFailure(Outcome.FORBIDDEN_VALUE, text) from None
            except Exception as error:
                raise described(function, describe(error, frozenset()), 0) from None
        changed = [
            index
            for index, argument in enumerate(every)
            if values.fingerprint(argument) != before[index]
        ]
        texts = [f"{warning.category.__name__}: {warning.message}" for warning in caught]
        return Reply(value, tuple(changed), tuple(texts), known)

    def _passed(self, value: Any) -> Any:
        """Return arguments as they would be in the sandbox."""
        callbacks = Callbacks(_MOST_BYTES)
        data = encode(value, max_bytes=_MOST_BYTES, handle_of=callbacks.number_of)
        return decode(data, callback=callbacks.functions.__getitem__, held=self._objects.held)

    def _answered(self, value: Any, known: int) -> tuple[Any, int]:
        """Return a value as it would come out of the sandbox, and how many objects are known."""
        data = encode(value, max_bytes=_MOST_BYTES, objects=self._objects)
        return decode_with_objects(data, known)

    def left(
        self,
        what: str,
        arguments: Sequence[Any],
        text: str,  # noqa: ARG002 - as a submission's process takes it
    ) -> Any:
        """Return what the last call, or loading, has printed, or what is in a file."""
        if what == "printed":
            return self._printed
        if what == "printed_while_loading":
            return _printed_by_loading(self._module)
        return written_files.read(str(Path.cwd()), arguments[0], _MOST_BYTES)


def _printed_by_loading(module: ModuleType) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        run_anew(module, module.__name__)
    return printed.getvalue()


def _key(answers: Sequence[str]) -> str:
    return repr(tuple(answers))
