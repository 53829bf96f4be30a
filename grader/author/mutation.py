"""Mutation: whether the checks tell wrong versions of each function from the right one."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

import numpy as np

from grader.author.bench import Bench, failed
from grader.author.findings import Mutation, Survivor
from grader.author.programs import Mutant, mutants
from grader.authoring import Probe
from grader.checking.comparison import CheckFailure, Compare
from grader.diagnosis.observation import Call, make_call
from grader.diagnosis.workshop import Workshop
from grader.result import Outcome

_DRAWS: Final = 12
_SLACK_SECONDS: Final = 0.3
_SLACK: Final = 20.0


class Mutations:
    """Runs the mutants of an exercise's functions, each until a check fails.

    Attributes
    ----------
    failed_by : dict
        For each check that a mutant has failed, the diff of the first one.
    crashed : dict
        For each check that ended in an error of its own, the feedback on the first one.
    """

    def __init__(self, bench: Bench, workshop: Workshop, reference: str, slowest: float) -> None:
        self.failed_by: dict[str, str] = {}
        self.crashed: dict[str, str] = {}
        self._bench = bench
        self._workshop = workshop
        self._reference = reference
        self._call_seconds = _SLACK_SECONDS + _SLACK * slowest

    def of(self, function: str) -> Mutation:
        """Try all mutants of a function."""
        checks = [check for check in self._bench.checks if check.function == function]
        hidden = [check.id for check in checks if not check.visible]
        found = list(self._mutants(function))
        survivors = [mutant for mutant in found if not self._is_killed(mutant, checks, hidden)]
        probes = self._workshop.book.probes.get(function, [])
        equal = [mutant for mutant in survivors if self._is_equivalent(mutant, function, probes)]
        return Mutation(
            function=function,
            mutants=len(found),
            killed=len(found) - len(survivors),
            equivalent=len(equal),
            probed=bool(probes),
            survivors=tuple(
                Survivor(mutant.operator, mutant.diff)
                for mutant in survivors
                if mutant not in equal
            ),
        )

    def _mutants(self, function: str) -> Sequence[Mutant]:
        probes = self._workshop.book.probes.get(function, [])
        inputs = (
            probes[0].draw(np.random.default_rng(0))
            if probes
            else self._bench.arguments.get(function)
        )
        if inputs is None:
            return ()
        return tuple(mutants(self._workshop, self._reference, function, inputs))

    def _is_killed(self, mutant: Mutant, checks: Sequence[Any], hidden: Sequence[str]) -> bool:
        # Those that nothing has failed yet come first, so that each of them meets every mutant.
        waiting = [check.id for check in checks if check.id not in self.failed_by]
        chosen = [*waiting, *(id for id in hidden if id not in waiting)]
        left = set(waiting)
        killed = False
        with closing(self._bench.results(mutant.source, chosen, self._call_seconds)) as results:
            for result in results:
                left.discard(result.id)
                if result.outcome is Outcome.GRADER_ERROR:
                    self.crashed.setdefault(result.id, f"{result.feedback}\n{mutant.diff}")
                elif failed(result):
                    self.failed_by.setdefault(result.id, mutant.diff)
                    killed = killed or result.id in hidden
                if killed and not left:
                    break
        return killed

    def _is_equivalent(self, mutant: Mutant, function: str, probes: Sequence[Probe]) -> bool:
        wrong = self._workshop.program(function, {function: mutant.maker})
        right = self._workshop.program(function, {})
        for number in range(_DRAWS if probes else 0):
            probe = probes[number % len(probes)]
            inputs = probe.draw(np.random.default_rng(number))
            try:
                if not _same(make_call(wrong, inputs), make_call(right, inputs)):
                    return False
            except Exception:  # a mutant may raise anything; then it is no equal of the reference
                return False
        return bool(probes)


def _same(wrong: Call, right: Call) -> bool:
    if wrong.changed != right.changed:
        return False
    try:
        Compare(visible=False).close(wrong.value, right.value)
    except CheckFailure:
        return False
    return True
