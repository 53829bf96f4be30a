"""Running a notebook's cells: what fails costs itself, and the definitions below still count."""

from __future__ import annotations
import __future__

import ast
import functools
import inspect
import operator
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

_FUTURE_FLAGS: Final = functools.reduce(
    operator.or_,
    (getattr(__future__, name).compiler_flag for name in __future__.all_feature_names),
)
_DEFINING: Final = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Import,
    ast.ImportFrom,
    ast.Assign,
    ast.AnnAssign,
)
_LEAST_SECONDS: Final = 0.05


class CellTimeoutError(BaseException):
    """A cell was stopped; not an Exception, so that `except Exception` lets it pass."""


class Cells:
    """Runs cells one after another in a namespace, as Jupyter does, within a time.

    A cell may take half of the time that is left, so that a slow one leaves some for the others.
    `definitions_only` runs imports, functions, classes, and assignments that call nothing.
    """

    def __init__(
        self, namespace: dict[str, Any], seconds: float, definitions_only: bool = False
    ) -> None:
        self.namespace = namespace
        self.definitions_only = definitions_only
        self._end = time.monotonic() + seconds * 0.9
        self._flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._running = False

    def run(self, tree: ast.Module, label: str) -> BaseException | None:
        """Run a cell and return what it raised first.

        After that only its imports, definitions and assignments are run.
        """
        failure: BaseException | None = None
        with self._clock() as start_clock:
            for statement in tree.body:
                if failure is not None and not isinstance(statement, _DEFINING):
                    continue
                if self.definitions_only and not _harmless(statement):
                    continue
                try:
                    self._running = True
                    self._run_statement(statement, label)
                    self._running = False
                except BaseException as error:
                    self._running = False
                    if failure is None:
                        failure = error
                        start_clock()
        return failure

    def _run_statement(self, statement: ast.stmt, label: str) -> None:
        tree = ast.Module([statement], [])
        code = compile(tree, label, "exec", self._flags, dont_inherit=True)
        self._flags |= code.co_flags & _FUTURE_FLAGS
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
    def _clock(self) -> Iterator[Any]:
        """Stop what runs for too long; yields what starts the time anew."""
        if not hasattr(signal, "setitimer"):
            yield lambda: None
            return
        before = signal.signal(signal.SIGALRM, self._ring)

        def start() -> None:
            left = max((self._end - time.monotonic()) / 2, _LEAST_SECONDS)
            signal.setitimer(signal.ITIMER_REAL, left)

        start()
        try:
            yield start
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)

    def _ring(self, *_signal: object) -> None:
        if self._running:
            raise CellTimeoutError("it took too long and was stopped")


def _harmless(statement: ast.stmt) -> bool:
    """Return whether a statement only defines something."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return not any(isinstance(node, ast.Call) for node in ast.walk(statement))
    return isinstance(statement, _DEFINING)
