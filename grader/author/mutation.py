"""Mutation: whether the checks tell wrong versions of each function from the right one."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Final, TypeVar

import numpy as np

from grader.author.programs import Mutant, Mutants
from grader.author.proof_record import Mutation, Survivor
from grader.author.trial_bench import Bench, failed
from grader.checking.specification import Check
from grader.comparison.values import agree
from grader.diagnosis.dictionary_builder import draw_inputs, rounded
from grader.diagnosis.observation import Inputs, Vector, make_call, odd_shape
from grader.diagnosis.program_factory import Maker, Workshop
from grader.result import Outcome

_DRAWS: Final = 12
_SLACK_SECONDS: Final = 0.3
_SLACK: Final = 20.0

_Item = TypeVar("_Item")


def spread(items: Sequence[_Item], most: int | None) -> Sequence[_Item]:
    """Return at most so many items, from all over the sequence."""
    if most is None or len(items) <= most:
        return items
    return [items[place * len(items) // most] for place in range(most)]


def _program(mutants: Mutants, mutant: Mutant) -> tuple[str, str]:
    return mutants.submission(mutant), mutants.diff(mutant)


def _wrong_values(name: str, value: Any) -> Iterator[str]:
    """Give lines that set a name to another value than its right one."""
    if isinstance(value, bool):
        yield f"{name} = not {name}"
    elif isinstance(value, int | float | complex | np.number):
        yield f"{name} = {name} + 1"
        yield f"{name} = -2 * {name} - 3"
    elif isinstance(value, np.ndarray) and value.dtype.kind in "iufc":
        yield f"{name} = {name} + 1"
        yield f"{name} = {name}[None]"
    elif isinstance(value, str | bytes | list | tuple) and value:
        yield f"{name} = {name}[:-1]"
        yield f"{name} = {name} + {name}[:1]"
    elif isinstance(value, dict) and value:
        yield f"{name} = {{}}"
    yield f"{name} = {0 if value is None else None}"


class Mutations:
    """Runs the mutants of an exercise's functions, each until a check fails.

    Of mutants that show the same on the author's probes one is run for all.

    Parameters
    ----------
    most : int or None
        How many of a function's mutants to run at most; None for all that differ.

    Attributes
    ----------
    failed_by : dict
        For each check that a mutant has failed, the diff of the first one.
    crashed : dict
        For each check that ended in an error of its own, the feedback on the first one.
    """

    def __init__(
        self, bench: Bench, workshop: Workshop, reference: str, slowest: float, most: int | None
    ) -> None:
        self.failed_by: dict[str, str] = {}
        self.crashed: dict[str, str] = {}
        self._bench = bench
        self._workshop = workshop
        self._reference = reference
        self._call_seconds = _SLACK_SECONDS + _SLACK * slowest
        self._most = most

    def of(self, function: str) -> Mutation:
        """Try all mutants of a function, or wrong values in the place of a value."""
        if not callable(getattr(self._workshop.reference, function)):
            return self._of_value(function)
        probes = self._workshop.book.probes.get(function, [])
        inputs = draw_inputs(probes, max(_DRAWS, len(probes))) if probes else ()
        is_class = function in self._workshop.classes
        called = None if is_class else self._bench.arguments.get(function)
        first = inputs[0] if inputs else called
        if first is None and not is_class:
            return Mutation(function, 0, 0, 0, bool(probes), ())
        mutants = Mutants(self._workshop, self._reference, function, first)
        right = self._shown(function, {}, inputs)
        groups: dict[str | bytes, list[Mutant]] = {}
        for mutant in mutants:
            shown = self._shown(function, {function: mutant.maker}, inputs)
            groups.setdefault(shown or mutants.text(mutant), []).append(mutant)
        equal = groups.pop(right, []) if right else []
        chosen = spread(list(groups.values()), self._most)
        return self._tried(function, mutants, chosen, equal, inputs)

    def _tried(
        self,
        function: str,
        mutants: Mutants,
        groups: Sequence[list[Mutant]],
        equal: list[Mutant],
        inputs: Sequence[Inputs],
    ) -> Mutation:
        checks = [check for check in self._bench.checks if check.function == function]
        total = len(equal) + sum(map(len, groups))
        survivors: list[Mutant] = []
        for group in groups:
            if not self._is_killed(*_program(mutants, group[0]), checks):
                same = self._is_right(function, group[0].maker, inputs)
                (equal if same else survivors).extend(group)
        for mutant in equal:  # what is the same on all probes may still fail a check
            if all(check.id in self.failed_by for check in checks):
                break
            self._is_killed(*_program(mutants, mutant), checks)
        return Mutation(
            function=function,
            mutants=total,
            killed=total - len(equal) - len(survivors),
            equivalent=len(equal),
            probed=bool(inputs),
            survivors=tuple(
                Survivor(mutant.operator, mutants.diff(mutant)) for mutant in survivors
            ),
        )

    def try_top_level(self) -> None:
        """Try the reference without each statement that it runs while it is loaded.

        Only on the checks that nothing has failed yet: they may ask for what is printed then.
        """
        tree = ast.parse(self._reference)
        for place, statement in enumerate(tree.body):
            plain = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
            left = [check for check in self._bench.checks if check.id not in self.failed_by]
            if plain and left:
                rest = ast.Module([*tree.body[:place], *tree.body[place + 1 :]], [])
                self._is_killed(ast.unparse(rest), f"-{ast.unparse(statement)}", left)

    def _of_value(self, name: str) -> Mutation:
        """Try wrong values of a name."""
        checks = [check for check in self._bench.checks if check.function == name]
        wrong = list(_wrong_values(name, getattr(self._workshop.reference, name)))
        survivors = tuple(
            Survivor("value", line)
            for line in wrong
            if not self._is_killed(f"{self._reference}\n{line}\n", f"+{line}", checks)
        )
        return Mutation(name, len(wrong), len(wrong) - len(survivors), 0, True, survivors)

    def _is_killed(self, source: str, diff: str, checks: Sequence[Check]) -> bool:
        hidden = [check.id for check in checks if not check.visible]
        # Those that nothing has failed yet come first, so that each of them meets every mutant.
        waiting = [check.id for check in checks if check.id not in self.failed_by]
        chosen = [*waiting, *(id for id in hidden if id not in waiting)]
        left = set(waiting)
        killed = False
        with closing(self._bench.results(source, chosen, self._call_seconds)) as results:
            for result in results:
                left.discard(result.id)
                if result.outcome is Outcome.GRADER_ERROR:
                    told = f"{result.feedback}\n{diff}"
                    self.crashed.setdefault(result.id, told)
                elif failed(result):
                    self.failed_by.setdefault(result.id, diff)
                    killed = killed or result.id in hidden
                if killed and not left:
                    break
        return killed

    def _shown(
        self, function: str, makers: Mapping[str, Maker], inputs: Sequence[Inputs]
    ) -> bytes | None:
        """Return what a program shows on the probes; None where that is no numbers."""
        found = self._values(function, makers, inputs)
        return b"".join(kind.encode() + rounded(row).tobytes() for kind, row in found or ()) or None

    def _is_right(self, function: str, maker: Maker, inputs: Sequence[Inputs]) -> bool:
        """Return whether a program shows on the probes what the reference shows, but for rounding.

        Of those that differ in their last digits one may be rounded up, the other down.
        """
        wrong = self._values(function, {function: maker}, inputs)
        right = self._values(function, {}, inputs)
        return bool(wrong and right) and all(
            kind == other and bool(agree(row, expected).all())
            for (kind, row), (other, expected) in zip(wrong or (), right or (), strict=True)
        )

    def _values(
        self, function: str, makers: Mapping[str, Maker], inputs: Sequence[Inputs]
    ) -> list[tuple[str, Vector]] | None:
        """Return for each probe the kind of what a program shows, and its numbers."""
        program = self._workshop.program(function, makers)
        found = []
        for each in inputs:
            try:
                call = make_call(program, each)
            except Exception:  # a mutant may raise anything
                return None
            shown = odd_shape(call.value)
            if shown is None:
                return None
            found.append((f"{shown[0]} {sorted(call.changed)} ", shown[1]))
        return found
