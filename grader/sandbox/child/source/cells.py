"""Running a file or a notebook's cells: what fails costs itself, and what is defined counts."""

from __future__ import annotations
import __future__

import ast
import builtins
import contextlib
import functools
import inspect
import opcode
import operator
import signal
import time
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from . import definitions
from .source_text import SourceText, Whole

_FUTURE_FLAGS: Final = functools.reduce(
    operator.or_,
    (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names),
)
_FLAGS: Final = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_READ: Final = opcode.opmap["LOAD_GLOBAL"]
_SET: Final = opcode.opmap["STORE_GLOBAL"]
_LEAST_SECONDS: Final = 0.05
_AGAIN_SECONDS: Final = 0.5
_BRIEF_SECONDS: Final = 0.1
_MAX_FAILURES: Final = 50

Stopped = Mapping[tuple[str, int], frozenset[str]]
"""The statements that took too long when this code was run before, by their labels and lines; each
with the names that it had not bound by then."""
Pause = tuple[int, Callable[[], None]]
"""A line, and what is called once all up to it has been run."""
NOTHING_STOPPED: Final[Stopped] = MappingProxyType({})


class CellTimeoutError(BaseException):
    """A cell was stopped; not an Exception, so that `except Exception` lets it pass."""


@dataclass(slots=True)
class Failure:
    """What a statement raised, and the names that it, and what was left out after it, would bind.

    `skipped` says whether anything was left out.
    """

    error: BaseException
    statement: ast.stmt
    names: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    skipped: bool = False


class _Ended(NamedTuple):
    """What was compiled, if it could be, and what it has raised, or the compiler."""

    code: types.CodeType | None
    error: BaseException | None


class Cells:
    """Runs cells one after another in a namespace, as Jupyter does, within a time.

    A cell may take half of the time that is left, so that a slow one leaves some for the others,
    and the last one four fifths. `definitions_only` runs imports, functions, classes, and
    assignments that call nothing but what the standard library and NumPy offer.

    Code under `if __name__ == "__main__":` is run where `main` is true. Else what it defines is
    added, where nothing else has that name; `run_guarded` runs the rest where it is needed.

    What was `stopped` before has a moment only, and until it has bound the names that it had then.

    Attributes
    ----------
    end : float
        When the time is over, in `time.monotonic()` seconds.
    """

    def __init__(
        self,
        namespace: dict[str, Any],
        seconds: float,
        definitions_only: bool = False,
        main: bool = True,
        stopped: Stopped = NOTHING_STOPPED,
    ) -> None:
        self.namespace = namespace
        self._stopped = stopped
        self._awaited: frozenset[str] | None = None
        self._latest = 0.0
        self.definitions_only = definitions_only
        self.main = main
        self.guarded: list[tuple[str, int]] = []  # functions that only a guard defines
        self._guards: list[tuple[ast.If, str]] = []
        self.end = time.monotonic() + seconds * 0.9
        self._flags = _FLAGS
        self._running = False

    def run(
        self,
        tree: ast.Module,
        label: str,
        share: float = 0.5,
        pauses: Sequence[Pause] = (),
    ) -> list[Failure]:
        """Run a cell, and return what has failed in it.

        After the first failure only its imports, definitions and assignments are run. `pauses`
        gives, in their order, lines, and what is called once those up to there have been run.
        """
        failures: list[Failure] = []
        waiting = list(pauses)
        with self._clock(share) as start_clock:
            body: list[ast.stmt] = []
            for statement in tree.body:
                while waiting and definitions.start_of(statement)[0] > waiting[0][0]:
                    self._run_together(body, label, failures, start_clock)
                    body = []
                    self._pause(waiting.pop(0)[1])
                guard = None if self.main else definitions.main_guard(statement)
                if guard is None:
                    body.append(statement)
                    continue
                self._run_together(body, label, failures, start_clock)
                body = []
                self._guards.append((guard, label))
                self._add_guarded(guard, label, failures, start_clock)
            self._run_together(body, label, failures, start_clock)
            for _, call in waiting:
                self._pause(call)
        return failures

    def whole(self, text: SourceText) -> Whole | None:
        """Return a cell's code where nothing but that is needed to run it; else None."""
        if self.definitions_only or self._stopped or self._flags != _FLAGS:
            return None
        return text.whole(_FLAGS, self.main)

    def run_whole(self, whole: Whole, text: SourceText, share: float) -> list[Failure]:
        """Run a cell's code; see `run`."""
        failures: list[Failure] = []
        with self._clock(share) as start_clock:
            ended = self._ended(whole.code)
            if ended.error is not None:
                body = text.tree.body[: -1 if whole.guard else None]
                self._run_together(body, text.label, failures, start_clock, ended)
            if whole.guard is not None:
                self._guards.append((whole.guard, text.label))
                self._add_guarded(whole.guard, text.label, failures, start_clock)
        return failures

    def _pause(self, call: Callable[[], None]) -> None:
        self._running = True
        with contextlib.suppress(BaseException):  # it may run what the student wrote
            call()
        self._running = False

    def run_guarded(self, share: float = 0.8) -> list[Failure]:
        """Run what stands under main guards where a function needs a name that is set there."""
        failures: list[Failure] = []
        for guard, label in self._guards:
            missing = set() if self.definitions_only else self._missing()
            if not missing:  # as for nearly all
                break
            if not missing & (definitions.names_bound(guard.body) | self._set_by_functions()):
                continue
            body = [each for each in guard.body if not self._is_defined(each)]
            with self._clock(share) as start_clock:
                self._run_together(body, label, failures, start_clock)
        return [one for one in failures if one.names - self.namespace.keys()]

    def _missing(self) -> set[str]:
        """Return the global names that functions read and nobody has set."""
        names = {
            name for each in _functions_of(self.namespace) for name in _globals_in(each, _READ)
        }
        return {one for one in names if one not in self.namespace and not hasattr(builtins, one)}

    def _set_by_functions(self) -> set[str]:
        return {name for each in _functions_of(self.namespace) for name in _globals_in(each, _SET)}

    def _is_defined(self, statement: ast.stmt) -> bool:
        return isinstance(statement, definitions.NAMED) and statement.name in self.namespace

    def _add_guarded(
        self, guard: ast.If, label: str, failures: list[Failure], start_clock: Any
    ) -> None:
        """Run the definitions under a main guard whose names nothing else has."""
        body = [
            each
            for each in guard.body
            if isinstance(each, (*definitions.NAMED, ast.Import, ast.ImportFrom))
            and not definitions.names_bound([each]) & self.namespace.keys()
        ]
        found: list[Failure] = []
        self._run_together(body, label, found, start_clock)
        failures += [one for one in found if one.functions]
        self.guarded += [
            (each.name, each.lineno) for each in body if isinstance(each, definitions.FUNCTIONS)
        ]

    def _run_together(
        self,
        body: Sequence[ast.stmt],
        label: str,
        failures: list[Failure],
        start_clock: Any,
        ended: _Ended | None = None,
    ) -> None:
        """Run statements as one; after one that fails, those behind it that define something.

        Where they have been run already, `ended` says how.
        """
        if self.definitions_only:
            body = definitions.harmless(body)
        rest = _after_failure(body, failures[-1]) if failures else list(body)
        together = True
        while rest and len(failures) < _MAX_FAILURES:
            now = rest if together else rest[:1]
            if ended is None:
                if self._stopped:
                    now = self._prepared(now, label, start_clock)
                ended = self._compiled_and_run(now, label)
            code, error = ended
            ended = None
            if error is None:
                rest = rest[len(now) :]
                continue
            place = _place_in(rest, code, error)
            if place is None and together and len(rest) > 1:
                together = False  # it cannot be compiled: one by one then
                continue
            place = place or 0
            failure = Failure(error, rest[place])
            failures.append(failure)
            _note_names(failure, [rest[place]])
            # what is annotated with a name that is now missing need not be lost as well
            self._flags |= __future__.annotations.compiler_flag
            rest = _after_failure(rest[place + 1 :], failure)
            start_clock()

    def _compiled_and_run(self, body: list[ast.stmt], label: str) -> _Ended:
        try:
            code = compile(ast.Module(body, []), label, "exec", self._flags, dont_inherit=True)
        except BaseException as error:
            return _Ended(None, error)
        return self._ended(code)

    def _ended(self, code: types.CodeType) -> _Ended:
        """Run code, and return how that has ended."""
        self._flags |= code.co_flags & _FUTURE_FLAGS
        try:
            self._running = True
            self._run_code(code)
            self._running = False
        except BaseException as error:
            self._running = False
            return _Ended(code, error)
        return _Ended(code, None)

    def _prepared(self, body: list[ast.stmt], label: str, start_clock: Any) -> list[ast.stmt]:
        """Return what to run as one: up to a statement that was stopped, or that one alone."""
        lines = [definitions.start_of(statement)[0] for statement in body]
        lost = self._stopped.get((label, lines[0]))
        if lost is not None:
            start_clock(definitions.names_bound(body[:1]) - lost)
            return body[:1]
        if self._awaited is not None:
            start_clock()
        ends = (at for at, line in enumerate(lines) if (label, line) in self._stopped)
        return body[: next(ends, len(body))]

    def _run_code(self, code: types.CodeType) -> None:
        if not code.co_flags & inspect.CO_COROUTINE:
            exec(code, self.namespace)
            return
        import asyncio

        class Loop(asyncio.SelectorEventLoop):
            """One that needs no sockets to wake itself, since strict isolation refuses them."""

            def _make_self_pipe(self) -> None:
                self._ssock = self._csock = None

            def _close_self_pipe(self) -> None:
                return

        with asyncio.Runner(loop_factory=Loop) as runner:
            runner.run(eval(code, self.namespace))

    @contextmanager
    def _clock(self, share: float) -> Iterator[Any]:
        """Stop what runs for too long; yields what starts the time anew."""
        if not hasattr(signal, "setitimer"):
            yield lambda: None
            return
        before = signal.signal(signal.SIGALRM, self._ring)
        began, around = time.monotonic(), signal.getitimer(signal.ITIMER_REAL)

        def start(awaited: frozenset[str] | None = None) -> None:
            left = max((self.end - time.monotonic()) * share, _LEAST_SECONDS)
            self._awaited, self._latest = awaited, time.monotonic() + left
            if awaited is None:
                signal.setitimer(signal.ITIMER_REAL, left, _AGAIN_SECONDS)
            else:
                signal.setitimer(signal.ITIMER_REAL, min(_BRIEF_SECONDS, left), _BRIEF_SECONDS)

        start()
        try:
            yield start
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
            if around[0]:  # what imports this has a clock of its own, which goes on
                left = max(around[0] - (time.monotonic() - began), _LEAST_SECONDS)
                signal.setitimer(signal.ITIMER_REAL, left, around[1])

    def _ring(self, *_signal: object) -> None:
        if not self._running:
            return
        goes_on = self._awaited is not None and not self._awaited <= self.namespace.keys()
        if not goes_on or time.monotonic() >= self._latest:
            raise CellTimeoutError("it took too long and was stopped")


def _after_failure(body: Sequence[ast.stmt], failure: Failure) -> list[ast.stmt]:
    """Return what is still run after a failure, and note in it what is not."""
    kept = [statement for statement in body if definitions.defines(statement)]
    if len(kept) < len(body):
        failure.skipped = True
        _note_names(failure, [each for each in body if not definitions.defines(each)])
    return kept


def _note_names(failure: Failure, lost: Sequence[ast.stmt]) -> None:
    failure.names |= definitions.names_bound(lost)
    failure.functions |= {each.name for each in lost if isinstance(each, definitions.NAMED)}


def _place_in(
    body: Sequence[ast.stmt], code: types.CodeType | None, error: BaseException
) -> int | None:
    """Return which of the statements that were compiled as one has raised an error."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code is not code:
        trace = trace.tb_next
    if trace is None or code is None:
        return None
    line, _, column, _ = next(
        position
        for place, position in enumerate(code.co_positions())
        if place == trace.tb_lasti // 2
    )
    at = (line or trace.tb_lineno, column or 0)
    starts = [definitions.start_of(statement) for statement in body]
    return max((place for place, start in enumerate(starts) if start <= at), default=0)


def _globals_in(function: types.FunctionType, instruction: int) -> set[str]:
    """Return the names that a function's own instructions of one kind are about.

    By far faster than `dis`, which builds an object for each instruction.
    """
    code, names = function.__code__.co_code, function.__code__.co_names
    shift = 1 if instruction == _READ else 0  # the last bit of its argument means something else
    places = [code[at + 1] >> shift for at in range(0, len(code), 2) if code[at] == instruction]
    return {names[place] for place in places if place < len(names)}


def _functions_of(namespace: dict[str, Any]) -> Iterator[types.FunctionType]:
    """Give the functions of a namespace, and those of its classes, that were written in it."""
    for value in list(namespace.values()):
        inside = list(vars(value).values()) if isinstance(value, type) else [value]
        for each in inside:
            if isinstance(each, types.FunctionType) and each.__globals__ is namespace:
                yield each
