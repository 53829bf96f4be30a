"""A submission run anew as a program, with answers to what it asks."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

from .console import answering
from .source import stand_ins
from .source.loading import Loading
from .source.stand_ins import StandIns


class Runs:
    """What a submission's module has after it was run with some answers, once for each of them.

    Parameters
    ----------
    loading : callable
        Returns what loads it into a module.
    stand_ins : StandIns
        Those that loading has.
    """

    def __init__(self, loading: Callable[[types.ModuleType], Loading], stand_ins: StandIns) -> None:
        self._loading = loading
        self._stand_ins = stand_ins
        self._ended: dict[tuple[str, ...], dict[str, Any] | BaseException] = {}

    def of(self, answers: list[str]) -> dict[str, Any]:
        """Return the names of the module; raises what the program has raised."""
        key = tuple(answers)
        if key not in self._ended:
            self._ended[key] = self._run(key)
        found = self._ended[key]
        if isinstance(found, BaseException):
            raise found
        return found

    def _run(self, answers: tuple[str, ...]) -> dict[str, Any] | BaseException:
        name = "submission"
        before = {each: sys.modules.get(each) for each in (name, "__main__")}
        module = types.ModuleType(name)
        loading = self._loading(module)
        try:
            with stand_ins.loading(self._stand_ins, loading.shell()), answering(answers):
                loading.run()
        finally:
            for each, known in before.items():
                if known is not None:
                    sys.modules[each] = known
        error = next((error for _, error, _ in loading.problems()), None)
        return vars(module) if error is None else error
